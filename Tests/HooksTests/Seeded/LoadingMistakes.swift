/// Mistakes in the registrations of a file.
extension SeededMistake {
    static let loading = [
        SeededMistake("a typo in a verb", "backup.befor('flush', function() end)", "did you mean \"before\"?"),
        SeededMistake("a typo in a step", "backup.before('snapshoot', function() end)", "did you mean \"snapshot\"?"),
        SeededMistake("a typo in an event", "backup.on('finnished', function() end)", "did you mean \"finished\"?"),
        SeededMistake(
            "a typo in a filter",
            "backup.filter('archive.excludes', function(_, v) return v end)",
            "did you mean"
        ),
        SeededMistake("an event as a step", "backup.before('finished', function() end)", "it is for on"),
        SeededMistake(
            "a step that cannot be replaced",
            "backup.replace('publish', function() end)",
            "cannot be replaced"
        ),
        SeededMistake(
            "a run without the run lock and the guardian",
            "backup.replace('prepare', function() end)",
            "the step \"prepare\" cannot be replaced: no run goes on without the run lock and the guardian"
        ),
        SeededMistake(
            "a call in place of a function",
            "local function f() end backup.before('flush', f())",
            "needs a function last, not a nil"
        ),
        SeededMistake(
            "the options behind the function",
            "backup.before('flush', function() end, { timeout = '1m' })",
            "needs a function last, not a table"
        ),
        SeededMistake(
            "the same hook twice",
            "backup.on('failed', function(run) run:warn('x') end)\nbackup.on('failed', function(run) run:warn('x') end)",
            "the same function is bound to on(\"failed\") in line 1"
        ),
        SeededMistake(
            "the same function twice",
            "local function f() end backup.before('flush', f) backup.before('flush', f)",
            "has this function already"
        ),
        SeededMistake("a colon to bind a hook", "backup:before('flush', function() end)", "call it with a dot"),
        SeededMistake("a program at the file's own level", "run:exec { 'mkdir', '/x' }", "hooks have no run"),
        SeededMistake(
            "a time-out in words",
            "backup.before('flush', { timeout = '5 min' }, function() end)",
            "write \"5m\""
        ),
        SeededMistake(
            "a time-out as text",
            "backup.before('flush', { timeout = '5' }, function() end)",
            "without quotes"
        ),
        SeededMistake("a default in words", "local t = backup.option('t', '5 minutes')", "write \"5m\""),
        SeededMistake("a default with a blank", "local t = backup.option('t', '10 GB')", "write \"10GiB\""),
        SeededMistake(
            "an order that is no list",
            "backup.on('failed', { runs_after = 'a' }, function() end)",
            "to be a list"
        ),
        SeededMistake(
            "an option of another table",
            "backup.on('failed', { retries = 3 }, function() end)",
            "unknown field of options"
        ),
        SeededMistake("another version of the API", "backup.require_api(2)", "API 2 is not there"),
        SeededMistake(
            "a filter's helper without return",
            """
            local function add(list) list[#list + 1] = '*.log' end
            backup.filter('archive.exclude', function(run, list) return add(list) end)
            """,
            "add returns nothing at its end"
        ),
        SeededMistake(
            "a helper without return whose result is compared",
            "local function lag(run) run:sql('SELECT 1 AS n') end "
                + step("if lag(run) > 5 then return run:veto('x') end"),
            "lag returns nothing: end it with return"
        ),
    ]
}
