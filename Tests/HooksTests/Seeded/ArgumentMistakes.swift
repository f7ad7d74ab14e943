/// Arguments of functions.
extension SeededMistake {
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
}
