import Lifecycle
import Testing

@Suite struct `Events as JSON` {
    @Test(arguments: [
        Fact.started(Fact.Started(host: "db1", isDryRun: false, kind: .restore)),
        .restored(Restoration(target: "/d", files: 1, bytes: 2)),
        .verified(Verification(level: "start")),
        .stepFinished(Fact.StepFinished(.lock, seconds: 0.25, ending: .done)),
        .message(Message(level: .info, text: "x", step: .lock)),
        .retrying(Fact.Retrying(.flush, "lag", attempt: 1, of: 3, wait: 15)),
        .locked(Fact.Locked(plan: "stage", reason: "why", waitedSeconds: 0.5)),
        .unlocked(heldSeconds: 0.5),
        .snapshotUsage(0.25),
        .progress(Progress(step: .archive, bytes: 1, totalBytes: 2, files: 3)),
        .leaked(Leak(name: "s", reason: "busy", repair: "lvremove")),
        .published(BackupSet(id: "r", location: "/b/r", manifest: "/b/r/manifest.json")),
        .archived(Fact.Archived(location: "data.tar", bytes: 7, files: 2)),
        .archived(Fact.Archived(location: "restic:1", bytes: nil, files: nil)),
        .succeeded,
        .failed(Failure(.failed, "it broke", advice: "mend it", step: .mount, provider: "lvm")),
        .finished(Outcome(run: "r", ending: .succeeded)),
    ])
    func `a line reads back as the same event`(fact: Fact) throws {
        let event = Event(run: "r1", sequence: 7, time: 1.5, monotonic: 2.5, fact: fact)
        let line = try event.jsonLine()
        #expect(try Event(jsonLine: line) == event)
        #expect(line.hasPrefix(#"{"schema":1,"#))
        #expect(!line.contains("\n"))
    }

    @Test func `keys are in snake case`() throws {
        let fact = Fact.locked(Fact.Locked(plan: "stage", reason: "why", waitedSeconds: 0.5))
        let line = try Event(run: "r1", sequence: 1, time: 1, monotonic: 2, fact: fact).jsonLine()
        #expect(
            line
                == #"{"schema":1,"event":"locked","monotonic":2,"plan":"stage","reason":"why","run":"r1","seq":1,"time":1,"waited_seconds":0.5}"#
        )
    }
}
