/// Lua that hooks do not have.
extension SeededMistake {
    static let language = [
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
