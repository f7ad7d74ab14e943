/// Words, times and shares that a value never is.
extension SeededMistake {
    static let words = [
        SeededMistake(
            "a word in another case",
            step("if run.server.flavour == 'MariaDB' then return end"),
            "run.server.flavour is never \"MariaDB\", did you mean \"mariadb\"?"
        ),
        SeededMistake(
            "a lock plan that there is none of",
            step("if run.config.lock == 'readlock' then return end"),
            "run.config.lock is never \"readlock\", did you mean \"read-lock\"?"
        ),
        SeededMistake(
            "a day in small letters",
            step("if os.date('%A') == 'sunday' then return end"),
            "did you mean \"Sunday\"?"
        ),
        SeededMistake(
            "an hour of one digit",
            step("if os.date('%H') == '6' then return end"),
            "os.date(\"%H\") is never \"6\""
        ),
        SeededMistake(
            "a boolean default as text",
            "local on = backup.option('on', 'false')",
            "each text counts as true: write false"
        ),
        SeededMistake(
            "a percentage as text",
            step("run:progress('50%')"),
            "the fraction of run:progress has to be a number"
        ),
        SeededMistake(
            "a percentage of a fraction",
            "backup.on('snapshot_usage', function(run, event) if event.usage > 80 then run:warn('x') end end)",
            "event.usage is never over 1"
        ),
        SeededMistake(
            "a path that is never relative",
            "backup.before('restore', function(run) if run.restore.target == 'data' then return run:veto('no') end end)",
            "run.restore.target is never \"data\": it is an absolute path"
        ),
        SeededMistake(
            "a plan in another spelling",
            "backup.on('locked', function(run, event) if event.plan == 'readlock' then return end end)",
            "did you mean \"read-lock\"?"
        ),
    ]
}
