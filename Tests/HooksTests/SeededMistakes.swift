import Testing

/// A typical mistake in a hook file, and the message of `hook check` about it.
struct SeededMistake: Sendable, CustomTestStringConvertible {
    let what: String
    let text: String
    let message: String
    /// Why `hook check` does not find it, where it does not.
    ///
    /// Then the message is that of the run.
    var reason: String?

    var testDescription: String { what }

    init(_ what: String, _ text: String, _ message: String, unfoundBecause reason: String? = nil) {
        (self.what, self.text, self.message, self.reason) = (what, text, message, reason)
    }

    static let all: [SeededMistake] =
        events + results + options + returns + places + language + comparisons + arguments + rows + loading + absent
        + values
        + unfound

    // MARK: Fields of events and of run

    private static let events = [
        SeededMistake(
            "a typo in a field of an event",
            "backup.on('unlocked', function(run, event) log.info(event.held_secs) end)",
            "unknown field of event \"held_secs\", did you mean \"held_seconds\"?"
        ),
        SeededMistake(
            "a typo in a nested field of an event",
            "backup.on('finished', function(run, event) if event.outcome.endign == 'failed' then run:warn('x') end end)",
            "unknown field of event.outcome \"endign\", did you mean \"ending\"?"
        ),
        SeededMistake(
            "a word that the field never is",
            "backup.on('finished', function(run, event) if event.outcome.ending == 'success' then run:warn('x') end end)",
            "event.outcome.ending is never \"success\""
        ),
        SeededMistake(
            "a number compared with a text",
            "backup.on('unlocked', function(run, event) if event.held_seconds == '1' then run:warn('x') end end)",
            "event.held_seconds is never the text \"1\": it is a number"
        ),
        SeededMistake(
            "a field of another event",
            "backup.on('leaked', function(run, event) run:warn(event.name) end)",
            "unknown field of event \"name\""
        ),
        SeededMistake(
            "a field of an item of a list",
            """
            backup.on('finished', function(run, event)
              for _, leak in ipairs(event.outcome.leaked) do run:warn(leak.command) end
            end)
            """,
            "unknown field of event.outcome.leaked \"command\""
        ),
        SeededMistake(
            "a typo in a field of run",
            "backup.before('mount', function(run) if run.snapsot then return end end)",
            "unknown field of run \"snapsot\", did you mean \"snapshot\"?"
        ),
        SeededMistake(
            "a typo in a field of a field",
            "backup.before('flush', function(run) if run.server.is_slave then return end end)",
            "unknown field of run.server \"is_slave\""
        ),
        SeededMistake(
            "a field before its step",
            "backup.before('lock', function(run) if run.snapshot.name then return end end)",
            "run.snapshot is there after step snapshot"
        ),
        SeededMistake(
            "a field after its end",
            "backup.before('publish', function(run) run:exec { 'ls', run.mount.path } end)",
            "run.mount is gone after step archive"
        ),
        SeededMistake(
            "a typo in a helper that is handed the run",
            """
            local function name(run) return run.volume.grup end
            backup.before('lock', function(run) log.info(name(run)) end)
            """,
            "unknown field of run.volume \"grup\", did you mean \"group\"?"
        ),
        SeededMistake(
            "a value handed on in a field that can be read only",
            "backup.before('lock', function(run) run.server.note = 'x' end)",
            "run.server cannot be set"
        ),
    ]

    // MARK: Results of functions

    private static let results = [
        SeededMistake(
            "the status of a program by another word",
            """
            backup.before('lock', function(run)
              local result = run:exec { 'true', ok = { 0, 1 } }
              if result.code == 1 then return run:veto('no') end
            end)
            """,
            "unknown field of the result of run:exec \"code\""
        ),
        SeededMistake(
            "a typo in a field of an answer",
            "backup.on('finished', function(run) log.info(run:http({ url = 'http://x/' }).boddy) end)",
            "unknown field of the result of run:http \"boddy\", did you mean \"body\"?"
        ),
        SeededMistake(
            "a typo in a field of a file",
            "backup.before('lock', function(run) local s = run.fs.stat('/x') if s and s.length == 0 then return end end)",
            "unknown field of the result of run.fs.stat \"length\""
        ),
    ]

    // MARK: Options

    private static let options = [
        SeededMistake(
            "a typo in an option of a program",
            "backup.before('lock', function(run) run:exec { 'true', tiemout = '5s' } end)",
            "unknown field of command \"tiemout\", did you mean \"timeout\"?"
        ),
        SeededMistake(
            "a command as one text",
            "backup.before('lock', function(run) run:exec('systemctl stop x') end)",
            "run:exec needs a list of words, such as { \"ls\", \"/\" }, not \"systemctl stop x\""
        ),
        SeededMistake(
            "a typo in an option of a request",
            "backup.on('finished', function(run) run:http { url = 'http://x/', header = {} } end)",
            "unknown field of request \"header\", did you mean \"headers\"?"
        ),
        SeededMistake(
            "an option of retry that is not there",
            "backup.before('flush', function(run) return run:retry('busy', { pause = '1s' }) end)",
            "unknown field of options \"pause\""
        ),
        SeededMistake(
            "a release that does nothing",
            "backup.before('lock', function(run) run:undo('x', { repair = 'y' }) end)",
            "release needs exec, sql or call: it does nothing"
        ),
        SeededMistake(
            "a result that lacks a field",
            "backup.replace('archive', function() return { location = '/x', bytes = 1 } end)",
            "result lacks files"
        ),
        SeededMistake(
            "a percentage for a fraction",
            "backup.before('archive', function(run) run:progress(50) end)",
            "run:progress takes a number from 0 to 1"
        ),
        SeededMistake(
            "a query with fewer values than marks",
            "backup.before('flush', function(run) run:sql('SELECT ?, ?', 1) end)",
            "the query has 2 ? and 1 values"
        ),
    ]

    // MARK: Results of hooks

    private static let returns = [
        SeededMistake(
            "a filter that forgets return",
            "backup.filter('archive.exclude', function(_, list) list[#list + 1] = '*.log' end)",
            "there is no return: return the value, or run:unchanged()"
        ),
        SeededMistake(
            "a filter that returns in one branch only",
            "backup.filter('archive.name', function(run, name) if run.dry_run then return name end end)",
            "its end returns nothing"
        ),
        SeededMistake(
            "a replacement that returns nothing",
            "backup.replace('mount', function(run) run:exec { 'mount', run.snapshot.device, '/mnt' } end)",
            "there is no return: return the step's result"
        ),
        SeededMistake(
            "a verdict that is not returned",
            "backup.before('flush', function(run) if run.server.is_replica then run:veto('a replica') end end)",
            "a verdict was made and not returned"
        ),
        SeededMistake(
            "a boolean for a verdict",
            "backup.before('lock', function() return false end)",
            "returned boolean; it may return nothing, or run:veto"
        ),
        SeededMistake(
            "a lock without a release",
            "backup.replace('lock', function() return { plan = 'mine' } end)",
            "the result has no release"
        ),
    ]

    // MARK: Calls in the wrong place

    private static let places = [
        SeededMistake(
            "a request under the lock",
            "backup.before('snapshot', function(run) run:http { url = 'http://x/' } end)",
            "run:http is refused while the lock is held"
        ),
        SeededMistake(
            "a pause under the lock",
            "backup.after('lock', function(run) return run:retry('x') end)",
            "run:retry is not for after"
        ),
        SeededMistake(
            "a change of the server after the lock",
            "backup.after('archive', function(run) run:admin('START REPLICA') end)",
            "run:admin is not for after"
        ),
        SeededMistake(
            "a statement that changes something",
            "backup.before('lock', function(run) run:sql('STOP REPLICA') end)",
            "run:sql only reads here, and STOP may do more"
        ),
        SeededMistake(
            "a database in a listener",
            "backup.on('finished', function(run) run:sql('SELECT 1') end)",
            "run:sql is not for on"
        ),
        SeededMistake(
            "a step that cannot be skipped",
            "backup.before('lock', function(run) return run:skip('no') end)",
            "the step \"lock\" cannot be skipped"
        ),
    ]

    // MARK: The language

    private static let language = [
        SeededMistake(
            "a dot for a colon",
            "backup.before('lock', function(run) return run.veto('no') end)",
            "call it with a colon: run:veto(…)"
        ),
        SeededMistake(
            "a function that hooks do not have",
            "backup.before('lock', function() print('locking') end)",
            "hooks have no print: write log.info"
        ),
        SeededMistake(
            "a global by mistake",
            "backup.before('lock', function(run) seen = run.id end)",
            "seen is a new global: make it local"
        ),
        SeededMistake(
            "a shell",
            "backup.before('lock', function() os.execute('sync') end)",
            "hooks have no os.execute: write run:exec"
        ),
        SeededMistake(
            "a registration in a function",
            "backup.before('lock', function() backup.after('lock', function() end) end)",
            "backup.after is for the file's own level"
        ),
    ]
}
