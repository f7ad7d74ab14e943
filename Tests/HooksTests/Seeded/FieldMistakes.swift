/// Fields of events, of `run` and of results that do not exist, or not there.
extension SeededMistake {
    static let events = [
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

    static let results = [
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

    static let returns = [
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
}
