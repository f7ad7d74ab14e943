import Lifecycle
import Testing

/// The JSON of each kind of event, byte for byte: scripts read it.
@Suite struct EventFormTests {
    private static let failure = Failure(.failed, "it broke", advice: "mend it", step: .mount, provider: "lvm")

    private static let forms: [(Fact, String)] = [
        (
            .started(Fact.Started(host: "db1", isDryRun: true, kind: .backup)),
            #""dry_run":true,"event":"started","host":"db1","kind":"backup""#
        ),
        (.stepStarted(.lock), #""event":"step_started","step":"lock""#),
        (
            .stepFinished(Fact.StepFinished(.lock, seconds: 0.25, ending: .done)),
            #""ending":"done","event":"step_finished","seconds":0.25,"step":"lock""#
        ),
        (
            .message(Message(level: .info, text: "x", step: .lock)),
            #""event":"message","message":{"level":"info","step":"lock","text":"x"}"#
        ),
        (
            .retrying(Fact.Retrying(.flush, "lag", attempt: 1, of: 3, wait: 15)),
            #""attempt":1,"event":"retrying","of":3,"reason":"lag","step":"flush","wait":15"#
        ),
        (
            .locked(Fact.Locked(plan: "stage", reason: "why", waitedSeconds: 0.5)),
            #""event":"locked","plan":"stage","reason":"why","waited_seconds":0.5"#
        ),
        (.unlocked(heldSeconds: 0.5), #""event":"unlocked","held_seconds":0.5"#),
        (
            .snapshotted(Fact.Snapshotted(name: "s", device: "/dev/s", seconds: 0.5)),
            #""device":"/dev/s","event":"snapshotted","name":"s","seconds":0.5"#
        ),
        (.snapshotUsage(0.25), #""event":"snapshot_usage","usage":0.25"#),
        (.mounted(path: "/m"), #""event":"mounted","path":"/m""#),
        (.recovered(clean: true), #""clean":true,"event":"recovered""#),
        (
            .progress(Progress(step: .archive, bytes: 1, totalBytes: 2, files: 3)),
            #""event":"progress","progress":{"bytes":1,"files":3,"step":"archive","total_bytes":2}"#
        ),
        (.warning("odd"), #""event":"warning","text":"odd""#),
        (.releasing(name: "lock"), #""event":"releasing","name":"lock""#),
        (.released(Fact.Released(name: "lock", seconds: 0.5)), #""event":"released","name":"lock","seconds":0.5"#),
        (
            .leaked(Leak(name: "s", reason: "busy", repair: "lvremove")),
            #""event":"leaked","leak":{"name":"s","reason":"busy","repair":"lvremove"}"#
        ),
        (
            .archived(Fact.Archived(location: "data.tar", bytes: 1, files: 2)),
            #""bytes":1,"event":"archived","files":2,"location":"data.tar""#
        ),
        (
            .published(BackupSet(id: "r", location: "/b/r", manifest: "/b/r/manifest.json")),
            #""event":"published","set":{"id":"r","location":"/b/r","manifest":"/b/r/manifest.json"}"#
        ),
        (
            .retained(Retention(kept: ["a"], removed: ["b"], elsewhere: ["/x"])),
            #""event":"retained","retention":{"elsewhere":["/x"],"kept":["a"],"removed":["b"]}"#
        ),
        (.verified(Verification(level: "start")), #""event":"verified","verification":{"level":"start"}"#),
        (
            .restored(Restoration(target: "/d", files: 1, bytes: 2)),
            #""event":"restored","restoration":{"bytes":2,"files":1,"is_checked":true,"kept":0,"left_out":0,"target":"/d"}"#
        ),
        (.abandoned(hook: "a/before.lock"), #""event":"abandoned","hook":"a/before.lock""#),
        (.succeeded, #""event":"succeeded""#),
        (.vetoed(failure), #""event":"vetoed","failure":\#(failed)"#),
        (.deferred(failure), #""event":"deferred","failure":\#(failed)"#),
        (.failed(failure), #""event":"failed","failure":\#(failed)"#),
        (
            .finished(Outcome(run: "r", ending: .succeeded)),
            #""event":"finished","outcome":{"ending":"succeeded","failed_hooks":[],"kind":"backup","leaked":[],"run":"r","strict_hooks":false,"suppressed":[],"timings":{},"warnings":[]}"#
        ),
    ]

    private static let failed =
        #"{"advice":"mend it","kind":"failed","message":"it broke","provider":"lvm","step":"mount"}"#

    @Test func `each kind of event has its form`() throws {
        for (fact, form) in Self.forms {
            let line = try Event(run: "r1", sequence: 7, time: 1.5, monotonic: 2.5, fact: fact).jsonLine()
            // The fields of the event itself lie between those of the fact.
            let own = [#""monotonic":2.5"#, #""run":"r1""#, #""schema":1"#, #""seq":7"#, #""time":1.5"#]
            let rest = own.reduce(line.dropFirst().dropLast()) {
                $0.replacing($1 + ",", with: "").replacing("," + $1, with: "")
            }
            #expect(rest == form)
            #expect(try Event(jsonLine: line).fact == fact)
        }
    }

    @Test func `no kind of event is left out`() {
        #expect(Self.forms.map(\.0.kind) == Fact.Kind.allCases)
    }
}
