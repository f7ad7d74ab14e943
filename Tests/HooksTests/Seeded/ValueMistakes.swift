/// Values of another kind than the one that is wanted.
extension SeededMistake {
    static let values = [
        SeededMistake("the item 0", step("log.info(run:sql('SELECT 1 AS a')[0].a)"), "lists begin at 1"),
        SeededMistake("a verdict that is not called", step("return run.veto"), "call it: return run:veto(…)"),
        SeededMistake("a verdict as an error", step("error(run:veto('x'))"), "a verdict has to be returned"),
        SeededMistake("a log without a level", step("log('x')"), "log is a table: write log.info(…)"),
        SeededMistake("no reason", step("return run:defer('')"), "run:defer needs a reason"),
        SeededMistake("a table joined to a text", step("log.info('x' .. { 1 })"), "a table cannot be joined to a text"),
        SeededMistake("a function handed on", step("run.vars.f = function() end"), "run.vars hands on no functions"),
        SeededMistake(
            "the answer of table.insert for the list",
            "backup.filter('archive.exclude', function(run, list) return table.insert(list, '*.log') end)",
            "table.insert returns nothing"
        ),
        SeededMistake(
            "the run for the value",
            "backup.filter('archive.exclude', function(list) return list end)",
            "returned run: the value is the second parameter"
        ),
        SeededMistake(
            "a number for a name",
            "backup.filter('archive.name', function(run, name) return os.time() end)",
            "the returned value has to be a string, and os.time(…) is a number"
        ),
        SeededMistake(
            "a text for a boolean of a decision",
            """
            backup.filter('retention.plan', function(run, plan)
              for _, decision in ipairs(plan) do decision.keep = 'no' end
              return plan
            end)
            """,
            "the decision.keep has to be a boolean, not \"no\""
        ),
        SeededMistake(
            "a mark in quotes",
            step("run:sql(\"SELECT 1 FROM t WHERE a = '?'\", 5)"),
            "the query has 0 ? and 1 values"
        ),
        SeededMistake(
            "a table for a mark",
            step("run:sql('SELECT 1 FROM t WHERE a = ?', { 5 })"),
            "a table cannot stand in a query"
        ),
        SeededMistake(
            "two values of a program",
            step("local ok, err = run:exec { 'true' } if err then return run:veto('x') end"),
            "the result of run:exec is one value, and a failure raises an error"
        ),
        SeededMistake(
            "the status of a program whose failure is an error",
            step("local result = run:exec { 'false' } if result.status ~= 0 then return run:veto('x') end"),
            "the result of run:exec.status is always 0"
        ),
        SeededMistake(
            "a secret in a format",
            end("run:http { url = 'http://x/', headers = { A = ('Bearer %s'):format(run:secret('t')) } }"),
            "a secret loses its value in a format"
        ),
        SeededMistake(
            "a result of a step without one",
            "backup.replace('flush', function(run) return true end)",
            "this step has no result"
        ),
        SeededMistake(
            "a table for a path",
            "backup.replace('mount', function(run) return { path = run.snapshot, release = { exec = { 'umount' } } } end)",
            "result.path has to be a string, and run.snapshot is a table"
        ),
        SeededMistake(
            "a helper's verdict that is lost",
            """
            local function check(run) if run.server.is_replica then return run:veto('x') end end
            backup.before('flush', function(run) check(run) end)
            """,
            "the verdict of check(…) is lost: return it"
        ),
        SeededMistake(
            "a repair that there may be none of",
            "backup.on('leaked', function(run, event) run:exec { 'mail', event.leak.repair } end)",
            "event.leak.repair may be nil here, and nil ends a list of words"
        ),
        SeededMistake(
            "a table for the bytes of a file",
            step("run.fs.write('/x', { 1 })"),
            "the content of run.fs.write has to be a string"
        ),
        SeededMistake(
            "a row for coordinates",
            """
            backup.replace('lock', function(run)
              run:sql('FLUSH TABLES WITH READ LOCK')
              return { coordinates = run:sql('SHOW MASTER STATUS')[1], release = { sql = 'UNLOCK TABLES' } }
            end)
            """,
            "result.coordinates is a row of a query, and has to be a table of binlog, gtid"
        ),
        SeededMistake(
            "a list as the input of a program",
            end("run:exec { 'mail', stdin = event.outcome.warnings }"),
            "command.stdin has to be a string, and event.outcome.warnings is a table"
        ),
        SeededMistake(
            "JSON of JSON",
            end("run:http { url = 'http://x/', json = json.encode(event.outcome) }"),
            "request.json takes the value itself"
        ),
        SeededMistake(
            "a step that there may be none of",
            "backup.on('failed', function(run, event) log.error(event.failure.step .. ' failed') end)",
            "event.failure.step may be nil here"
        ),
        SeededMistake(
            "a mount after its end",
            "backup.on('published', function(run) log.info(run.mount.path) end)",
            "run.mount may be nil here"
        ),
        SeededMistake(
            "one decision for the plan",
            "backup.filter('retention.plan', function(run, plan) return plan[1] end)",
            "the returned value has to be a list"
        ),
        SeededMistake(
            "a typo in a field of a decision",
            "backup.filter('retention.plan', function(run, plan) for _, d in ipairs(plan) do d.keeep = true end return plan end)",
            "unknown field of the decision \"keeep\", did you mean \"keep\"?"
        ),
        SeededMistake(
            "a loop to a list",
            step("for i = 1, run.server.engines do log.info(i) end"),
            "write #run.server.engines"
        ),
        SeededMistake(
            "a dot for the colon of a text",
            step("if run.host.find('db') then return end"),
            "call it with a colon"
        ),
    ]
}
