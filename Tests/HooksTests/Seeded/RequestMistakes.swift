/// Programs, requests, statements and values that are handed on.
extension SeededMistake {
    static let requests = [
        SeededMistake(
            "lines and a file",
            step("run:exec { 'x', on_line = function() end, stdout = '/x' }"),
            "takes either stdout or on_line"
        ),
        SeededMistake(
            "a shell's variable",
            step("run:exec { 'ls', '$HOME/x' }"),
            "$HOME in \"$HOME/x\" stands for itself"
        ),
        SeededMistake("a shell's home", step("run:exec { 'ls', '~/x' }"), "~ in \"~/x\" stands for itself"),
        SeededMistake("a shell's star", step("run:exec { 'rm', '/backups/*.tmp' }"), "* in \"/backups/*.tmp\""),
        SeededMistake(
            "a value as a shell's code",
            step("run:exec { 'sh', '-c', 'echo ' .. run.host }"),
            "a shell reads the joined values as code"
        ),
        SeededMistake("a status without success", step("run:exec { 'x', ok = { 1 } }"), "ok lacks 0"),
        SeededMistake(
            "a status that raises",
            step("local r = run:exec { 'x', ok = { 0, 1 } } if r.status == 2 then return end"),
            "is never 2, another status than 0, 1 is an error"
        ),
        SeededMistake(
            "a line break at the end",
            step("if run:exec { 'hostname' }.stdout == 'db1' then return end"),
            "ends with a line break as a rule"
        ),
        SeededMistake(
            "a status of a request that raises",
            end("local r = run:http { url = 'http://x/' } if r.status == 404 then log.info('x') end"),
            "is never 404, another status than 200 to 299 is an error: give it check = false"
        ),
        SeededMistake(
            "a body that is got",
            end("run:http { url = 'http://x/', json = { a = 1 } }"),
            "write method = \"POST\""
        ),
        SeededMistake(
            "a method in a typo",
            end("run:http { url = 'http://x/', method = 'PSOT' }"),
            "did you mean \"POST\"?"
        ),
        SeededMistake(
            "an address without a scheme",
            end("run:http { url = 'x.example/y' }"),
            "has to begin with http://"
        ),
        SeededMistake(
            "attempts that take longer than the hook",
            end("run:http { url = 'http://x/', timeout = 9, retries = 5 }"),
            "6 attempts of run:http may take 54 s, and the hook 10 s"
        ),
        SeededMistake(
            "a secret's text",
            end("if run:secret('t') == 'x' then log.info('x') end"),
            "a secret equals no other"
        ),
        SeededMistake(
            "a secret's length",
            end("if #run:secret('t') > 9 then log.info('x') end"),
            "a secret has no length"
        ),
        SeededMistake("a secret handed on", step("run.vars.s = run:secret('t')"), "run.vars hands on no secrets"),
        SeededMistake("a secret's path", end("log.info('' .. run:secret('/etc/x'))"), "run:secret(\"x\")"),
        SeededMistake("two statements", step("run:sql('SELECT 1; SELECT 2')"), "run:sql sends one statement"),
        SeededMistake(
            "a query joined of values",
            step("run:sql('SELECT a FROM t WHERE h = ' .. run.host)"),
            "write ? for each"
        ),
        SeededMistake(
            "a column that is true",
            step("if run:sql('SELECT @@read_only AS r')[1].r == true then return end"),
            "the column r is never true"
        ),
        SeededMistake("a method of run.vars", step("run.vars:set('a', 1)"), "run.vars has no functions"),
        SeededMistake("a table of two kinds", step("run.vars.t = { 1, a = 2 }"), "either items 1, 2, … or names"),
        SeededMistake("a list of values to log", step("log.info('x', { 'a', 'b' })"), "takes more values by name"),
        SeededMistake("JSON that is a table", step("json.decode({ a = 1 })"), "json.decode takes a text"),
        SeededMistake(
            "a function in JSON",
            step("json.encode({ f = function() end })"),
            "json.encode takes no functions"
        ),
        SeededMistake("a warning as a table", step("run:warn({ 'x' })"), "the text of run:warn has to be"),
        SeededMistake(
            "a file that is not there",
            step("if not run.fs.read('/x') then return run:veto('x') end"),
            "is always true, a missing file raises an error"
        ),
    ]
}
