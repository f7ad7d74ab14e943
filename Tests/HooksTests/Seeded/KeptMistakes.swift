/// Values that are lost, and results that belong elsewhere.
extension SeededMistake {
    static let kept = [
        SeededMistake("a verdict in a variable", step("local v = run:veto('x')"), "the verdict in v is not returned"),
        SeededMistake(
            "a verdict in a variable that a branch sets",
            step("local verdict if run.server.is_replica then verdict = run:veto('x') end log.info('x')"),
            "the verdict in verdict is not returned"
        ),
        SeededMistake(
            "a verdict behind and",
            step("local _ = run.server.is_replica and run:veto('y')"),
            "the verdict in _ is not returned"
        ),
        SeededMistake(
            "a verdict behind and as a condition",
            step("if run.server.is_replica and run:veto('y') then log.info('x') end"),
            "a verdict has to be returned, and is no condition"
        ),
        SeededMistake(
            "a verdict without a reason's text",
            step("return run:veto({ 'a', 'b' })"),
            "run:veto needs a reason"
        ),
        SeededMistake("a verdict of nil", step("return run:defer(nil)"), "run:defer needs a reason"),
        SeededMistake(
            "the result of a program as that of a step",
            "backup.replace('archive', function(run) return run:exec { 'tar', run.mount.path, timeout = '5h' } end)",
            "returned the result of run:exec: return the step's own result, { location = … }"
        ),
        SeededMistake(
            "the result of a program in a variable",
            "backup.replace('archive', function(run) local r = run:pipe { { 'a' }, timeout = '5h' } return r end)",
            "returned the result of run:pipe"
        ),
        SeededMistake(
            "a result that the step does not have",
            "backup.after('prepare', function(run, result) log.info(result.name) end)",
            "the result of after(\"prepare\") has no fields: it is nil"
        ),
        SeededMistake(
            "a release that is called",
            step("local function back() log.info('x') end run:undo('x', back())"),
            "back returns nothing, and is called here"
        ),
        SeededMistake(
            "an intention that is no data",
            step("run:intend({ call = function() end })"),
            "run:intend needs exec or sql"
        ),
        SeededMistake(
            "a name twice",
            "backup.before('flush', { timeout = '5s', timeout = '10s' }, function(run) end)",
            "the name \"timeout\" is there twice"
        ),
        SeededMistake(
            "a version as text",
            "backup.require_api('1') backup.before('flush', function(run) end)",
            "backup.require_api takes a number, not \"1\""
        ),
    ]

    static let limits = [
        SeededMistake(
            "an upload without a timeout",
            "backup.after('publish', { timeout = '6h' }, function(run, set) run:exec { 'rclone', 'copy', '/', 's3:x' } end)",
            "run:exec ends after 60 s, and the hook has 21600 s"
        ),
        SeededMistake(
            "a copy without a timeout",
            "backup.replace('archive', function(run) run:exec { 'rsync', 'a', 'b' } return { location = '/b' } end)",
            "run:exec ends after 60 s, and the hook has no limit"
        ),
        SeededMistake(
            "a program that outlasts the lock",
            "backup.after('lock', function(run) run:exec { 'sleep', '300', timeout = '5m' } end)",
            "run:exec may take 300 s, and the lock ends after 30 s (--max-lock)"
        ),
        SeededMistake(
            "a hook that outlasts the lock",
            "backup.before('snapshot', { timeout = '5m' }, function(run) run:exec { 'sync' } end)",
            "before(\"snapshot\") is called under the lock, which ends after 30 s"
        ),
        SeededMistake(
            "a snapshot that outlasts the lock",
            """
            backup.replace('snapshot', { timeout = '3m' }, function(run)
              return { device = '/d', release = { exec = { 'x' } } }
            end)
            """,
            "replace(\"snapshot\") is called under the lock"
        ),
        SeededMistake(
            "a program's path with its words",
            step("run:exec { '/usr/bin/ls -l' }"),
            "is the path of one program"
        ),
        SeededMistake(
            "a program with its words in a variable",
            step("local cmd = 'ls -l' run:exec { cmd }"),
            "\"ls -l\" is the name of one program"
        ),
        SeededMistake(
            "a word that is nil",
            step("local t = {} run:exec { 'rsync', t.dest, '/x' }"),
            "word 2 of run:exec is nil",
            unfoundBecause: "the table has its names when the code runs"
        ),
        SeededMistake(
            "a query by a format",
            step("run:sql((\"SELECT * FROM t WHERE a = '%s'\"):format(run.host))"),
            "a query joined of values"
        ),
        SeededMistake(
            "a query by string.format",
            step("run:sql(string.format('SELECT * FROM t WHERE a = %s', run.host))"),
            "a query joined of values"
        ),
        SeededMistake(
            "a column that is NULL",
            step("if run:sql('SELECT a FROM t')[1].a == 'NULL' then return run:veto('x') end"),
            "the column a is never \"NULL\": NULL is nil"
        ),
        SeededMistake(
            "a word of the server as a boolean",
            step("if run:sql('SHOW REPLICA STATUS')[1].Replica_IO_Running == true then return run:veto('x') end"),
            "the server answers 0, 1 or words such as Yes"
        ),
        SeededMistake(
            "a name with a slash",
            "backup.filter('archive.name', function(run, name) return run.host .. '/' .. name end)",
            "the name of a set has no slash"
        ),
        SeededMistake(
            "a hidden name",
            "backup.filter('archive.name', function(run, name) return '.' .. name end)",
            "the name of a set has no dot at its beginning"
        ),
        SeededMistake(
            "a list with a name",
            "backup.filter('archive.exclude', function(run, v) v.tmp = true return v end)",
            "the value is a list, and has no field \"tmp\""
        ),
        SeededMistake(
            "a set that leaves its plan",
            "backup.filter('retention.plan', function(run, p) table.remove(p, 1) return p end)",
            "a plan has each set"
        ),
        SeededMistake(
            "a decision's set",
            "backup.filter('retention.plan', function(run, p) for _, d in ipairs(p) do d.set = 'x' end return p end)",
            "the decision.set cannot be changed"
        ),
    ]
}
