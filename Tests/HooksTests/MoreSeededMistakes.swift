/// Mistakes that are silent in Lua, or found by loading a file.
extension SeededMistake {
    /// A function in a step where the server and the volume are known.
    private static func step(_ code: String) -> String { "backup.before('flush', function(run) \(code) end)" }
    private static func end(_ code: String) -> String { "backup.on('finished', function(run, event) \(code) end)" }

    // MARK: Comparisons

    static let comparisons = [
        SeededMistake(
            "a text of os.date compared with a number",
            step("if os.date('%H') == 3 then return run:defer('it is night') end"),
            "os.date(\"%H\") is never 3: it is a string"
        ),
        SeededMistake(
            "a text of os.date ordered with a number",
            step("if os.date('%H') < 6 then return run:defer('it is night') end"),
            "os.date(\"%H\") is a string, and 6 a number: Lua does not order them"
        ),
        SeededMistake(
            "the mode of a file with a leading zero",
            step("local s = run.fs.stat('/x') if s and s.mode == '0644' then return end"),
            "the result of run.fs.stat.mode is never \"0644\": it is octal without a leading zero"
        ),
        SeededMistake(
            "the mode of a file as a number",
            step("local s = run.fs.stat('/x') if s and s.mode == 644 then return end"),
            "the result of run.fs.stat.mode is never 644: it is a string"
        ),
        SeededMistake(
            "a boolean compared with a text",
            step("if run.server.is_replica == 'true' then return end"),
            "run.server.is_replica is never the text \"true\": it is a boolean"
        ),
        SeededMistake(
            "a boolean compared with a number",
            "backup.on('recovered', function(run, event) if event.clean == 1 then return end end)",
            "event.clean is never 1: it is a boolean"
        ),
        SeededMistake(
            "versions ordered as texts",
            step("if run.server.version >= '10.6' then return end"),
            "texts are ordered letter by letter"
        ),
        SeededMistake(
            "a size ordered with its text",
            "backup.before('lock', function(run) if run.volume.free < '10GiB' then return run:veto('full') end end)",
            "run.volume.free is a number, and \"10GiB\" a string"
        ),
        SeededMistake(
            "an option that is text ordered with a number",
            "local most = backup.option('most', '5') " + step("if most > 5 then return run:veto('many') end"),
            "the option \"most\" is a string, and 5 a number"
        ),
        SeededMistake(
            "an option that is seconds compared with its text",
            "local most = backup.option('most', '30s') " + step("if most == '30s' then return end"),
            "the option \"most\" is never \"30s\": it is a number"
        ),
        SeededMistake(
            "the name of a type that Lua does not have",
            step("if type(run.id) == 'integer' then return end"),
            "type(…) is never \"integer\""
        ),
        SeededMistake(
            "not before a comparison",
            step("if not run.kind == 'backup' then return end"),
            "not … is never \"backup\": it is a boolean"
        ),
        SeededMistake(
            "a length as a condition",
            end("if #event.outcome.warnings then run:exec { 'mail' } end"),
            "write #… > 0"
        ),
        SeededMistake(
            "a list as a condition",
            end("if event.outcome.warnings then run:exec { 'mail' } end"),
            "event.outcome.warnings is always true, if it is empty, too"
        ),
        SeededMistake(
            "a list ordered with a number",
            end("if event.outcome.leaked > 0 then run:exec { 'mail' } end"),
            "event.outcome.leaked cannot be ordered, it is a table: write #event.outcome.leaked"
        ),
    ]

    // MARK: Arguments

    static let arguments = [
        SeededMistake(
            "the options of a program in a table of their own",
            step("run:exec({ 'rsync', '/a', '/b' }, { timeout = '20s' })"),
            "run:exec(command) takes one argument, not 2: its options stand in the same table"
        ),
        SeededMistake("a number beside a line of the log", step("log.warn('lag', 5)"), "join texts with .."),
        SeededMistake(
            "a table as a line of the log",
            step("log.info({ lag = 5 })"),
            "json.encode(value) makes one of it"
        ),
        SeededMistake("a colon for a dot", step("log:info('x')"), "call it with a dot: log.info(…)"),
        SeededMistake("a log of the run", step("run.log('x')"), "run has no log: write log.info"),
        SeededMistake("a pause", step("run:sleep(5)"), "run has no sleep: write return run:retry"),
        SeededMistake("a field as a function", step("log.info(run.host())"), "run.host is a field, not a function"),
        SeededMistake(
            "two reasons",
            step("return run:veto('full', '/backups')"),
            "run:veto(why) takes one argument, not 2"
        ),
        SeededMistake(
            "a time in place of options",
            step("return run:retry('busy', '10s')"),
            "takes a table of options"
        ),
        SeededMistake("a request by its address", end("run:http('http://x/')"), "run:http needs a table"),
        SeededMistake("a relative path", step("log.info(run.fs.read('state'))"), "run.fs.read needs an absolute path"),
        SeededMistake(
            "words in a table inside the words",
            step("run:exec { { 'ls', '/' } }"),
            "has to be a text, not a table"
        ),
        SeededMistake(
            "a status that is no list",
            step("run:exec { 'p', ok = 1 }"),
            "command.ok has to be a list, not 1"
        ),
        SeededMistake(
            "an environment as a list",
            step("run:exec { 'p', env = { 'A=b' } }"),
            "command.env has to be a table with names"
        ),
        SeededMistake(
            "a number of attempts as text",
            end("run:http { url = 'http://x/', retries = '3' }"),
            "request.retries has to be a whole number, not \"3\""
        ),
        SeededMistake(
            "a method in small letters",
            end("run:http { url = 'http://x/', method = 'post' }"),
            "request.method has to be a method in capitals"
        ),
        SeededMistake(
            "no attempt at all",
            step("return run:retry('x', { attempts = 0 })"),
            "a number from 1 on, not 0"
        ),
        SeededMistake(
            "a time with a blank",
            step("run:exec { 'p', timeout = '5 min' }"),
            "command.timeout has to be a time"
        ),
        SeededMistake(
            "a format with fewer places than values",
            step("log.info(('%s of %s'):format(run.id, run.host, run.kind))"),
            "the format has 2 places, and gets 3 values"
        ),
        SeededMistake(
            "a fraction in a place for whole numbers",
            "backup.on('unlocked', function(run, event) log.info(('%d s'):format(event.held_seconds)) end)",
            "%d takes whole numbers, and event.held_seconds has a fraction"
        ),
        SeededMistake(
            "a method that texts do not have",
            step("log.info(run.host:trim())"),
            "texts have no method \"trim\""
        ),
        SeededMistake(
            "a hyphen in a pattern",
            step("if run.host:find('db-prod') then return end"),
            "write \"db%-prod\""
        ),
        SeededMistake("a table with names as a list", end("for _ in ipairs(event.outcome) do end"), "write pairs(…)"),
        SeededMistake(
            "a loop without ipairs",
            end("for _, w in event.outcome.warnings do log.info(w) end"),
            "in ipairs("
        ),
        SeededMistake(
            "a boolean joined to a text",
            step("log.info('replica: ' .. run.server.is_replica)"),
            "write tostring(…)"
        ),
        SeededMistake(
            "a hook without its parameter",
            "backup.before('flush', function() run:warn('x') end)",
            "hooks have no run"
        ),
    ]

    // MARK: Queries

    static let rows = [
        SeededMistake(
            "a column of the answer",
            step("if run:sql('SELECT 1 AS n').n > 1 then return end"),
            "write rows[1].n"
        ),
        SeededMistake(
            "a column by its number",
            step("log.info(run:sql('SELECT 1 AS n')[1][1])"),
            "has its columns by name"
        ),
        SeededMistake(
            "a column that the query does not have",
            step("return run:veto(run:sql('SELECT 1 AS a')[1].b)"),
            "unknown column \"b\""
        ),
        SeededMistake(
            "an answer as a condition",
            step("if not run:sql('SELECT 1') then return end"),
            "write #rows > 0"
        ),
        SeededMistake(
            "a lock on the session that ends with the hook",
            step("run:admin('FLUSH TABLES WITH READ LOCK')"),
            "its session ends with the hook, and the table lock with it"
        ),
        SeededMistake(
            "a setting of the session that ends with the hook",
            step("run:admin('SET SESSION sql_log_bin = 0')"),
            "has no effect: it sets its own session"
        ),
    ]

    // MARK: Loading

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

    // MARK: Values that may not be there, and results

    static let absent = [
        SeededMistake(
            "a failure of a run that succeeded",
            end("run:exec { 'mail', event.outcome.failure.message }"),
            "event.outcome.failure may be nil here"
        ),
        SeededMistake(
            "an archive of a run that failed early",
            end("run:exec { 'mail', run.archive.location }"),
            "run.archive may be nil here"
        ),
        SeededMistake(
            "an advice that there may be none of",
            "backup.on('failed', function(run, event) run:exec { 'mail', 'do: ' .. event.failure.advice } end)",
            "event.failure.advice may be nil here"
        ),
        SeededMistake(
            "a relative location",
            "backup.replace('archive', function(run) return { location = 'sets/' , bytes = 1, files = 1 } end)",
            "result.location has to be an absolute path"
        ),
        SeededMistake(
            "a position as text",
            """
            backup.replace('lock', function(run)
              return { release = { sql = 'UNLOCK TABLES' }, coordinates = { binlog = { file = 'b.1', position = '4' } } }
            end)
            """,
            "result.coordinates.binlog.position has to be a whole number, not \"4\""
        ),
        SeededMistake(
            "a file without its position",
            """
            backup.replace('recover', function(run)
              return { clean = true, coordinates = { binlog = { file = 'b.1' } } }
            end)
            """,
            "result.coordinates.binlog lacks position"
        ),
    ]

    // MARK: Kinds of returned and handed values

    static let values = [
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
        SeededMistake("the item 0", step("log.info(run:sql('SELECT 1 AS a')[0].a)"), "lists begin at 1"),
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
            "a program that runs at once for a release",
            step("run:undo('x', run:exec { 'x' })"),
            "the result of run:exec is no release"
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
            "a match compared with a boolean",
            step("if run.host:match('^db') == true then return run:veto('x') end"),
            "string.match(…) is never true"
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
        SeededMistake("a verdict that is not called", step("return run.veto"), "call it: return run:veto(…)"),
        SeededMistake("a verdict as an error", step("error(run:veto('x'))"), "a verdict has to be returned"),
        SeededMistake(
            "a verdict as a condition",
            step("if run:veto('x') then return end"),
            "a verdict has to be returned"
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
            "a boolean default as text",
            "local on = backup.option('on', 'false')",
            "each text counts as true: write false"
        ),
        SeededMistake(
            "a percentage as text",
            step("run:progress('50%')"),
            "the fraction of run:progress has to be a number"
        ),
        SeededMistake("a log without a level", step("log('x')"), "log is a table: write log.info(…)"),
        SeededMistake(
            "a percentage of a fraction",
            "backup.on('snapshot_usage', function(run, event) if event.usage > 80 then run:warn('x') end end)",
            "event.usage is never over 1"
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
        SeededMistake("no reason", step("return run:defer('')"), "run:defer needs a reason"),
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
            "a statement alone for a release",
            "backup.before('lock', function(run) run:undo('replica', 'START REPLICA') end)",
            "release has to be a table, a function or a process, not \"START REPLICA\""
        ),
        SeededMistake(
            "a path that is never relative",
            "backup.before('restore', function(run) if run.restore.target == 'data' then return run:veto('no') end end)",
            "run.restore.target is never \"data\": it is an absolute path"
        ),
        SeededMistake("a table joined to a text", step("log.info('x' .. { 1 })"), "a table cannot be joined to a text"),
        SeededMistake(
            "a list compared with an empty one",
            end("if event.outcome.leaked == {} then return end"),
            "a new table equals no other"
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
            "an answer as a condition of success",
            end("local ok = run:http { url = 'http://x/' } if not ok then run:warn('x') end"),
            "the result of run:http is always true, a failure raises an error"
        ),
        SeededMistake(
            "a step that there may be none of",
            "backup.on('failed', function(run, event) log.error(event.failure.step .. ' failed') end)",
            "event.failure.step may be nil here"
        ),
        SeededMistake(
            "a plan in another spelling",
            "backup.on('locked', function(run, event) if event.plan == 'readlock' then return end end)",
            "did you mean \"read-lock\"?"
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
            "a lock that is held and has no release",
            "backup.replace('lock', function(run) return { locked = true } end)",
            "the result has no release"
        ),
        SeededMistake(
            "a process's number for its release",
            "backup.replace('snapshot', function(run) local p = run:spawn { 'x' } return { device = '/d', release = p.pid } end)",
            "result.release has to be a table, a function or a process, and process.pid is a number"
        ),
        SeededMistake(
            "a function that is to outlive the process",
            step("run:intend(function() end)"),
            "run:intend needs exec or sql"
        ),
        SeededMistake("a function handed on", step("run.vars.f = function() end"), "run.vars hands on no functions"),
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
        SeededMistake(
            "a comparison cut short",
            step("if run.host == 'a' or 'b' then return run:veto('x') end"),
            "\"b\" alone is always true"
        ),
    ]

    // MARK: Mistakes that only a run finds

    static let unfound = [
        SeededMistake(
            "a program that does not exist",
            step("run:exec { 'nothing-of-this-name' }"),
            "nothing-of-this-name",
            unfoundBecause: "the host of the run has its programs, not that of the check"
        ),
        SeededMistake(
            "an address where no server listens",
            step("run:http { url = 'http://127.0.0.1:1/', timeout = 1 }"),
            "127.0.0.1:1",
            unfoundBecause: "the server is there at some times only"
        ),
        SeededMistake(
            "a field whose name is computed",
            step("local name = ('is_slave'):lower() return run.server[name] and run:veto('x') or nil"),
            "unknown field of run.server \"is_slave\"",
            unfoundBecause: "the name is there when the code runs"
        ),
        SeededMistake(
            "a column that the table does not have",
            step("return run:veto(run:sql('SELECT * FROM t')[1].nothing)"),
            "unknown column \"nothing\"",
            unfoundBecause: "the server knows the columns of its tables"
        ),
        SeededMistake(
            "coordinates that are computed",
            """
            backup.replace('lock', function(run)
              local place = { file = 'b.1', position = ('x'):rep(1) }
              return { release = { sql = 'UNLOCK TABLES' }, coordinates = { binlog = place } }
            end)
            """,
            "result.coordinates.binlog.position has to be a whole number, not \"x\"",
            unfoundBecause: "the table is made elsewhere than in the result"
        ),
    ]
}
