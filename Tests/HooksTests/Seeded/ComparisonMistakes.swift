/// Comparisons and conditions that Lua takes, and that are never what was meant.
extension SeededMistake {
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

    static let conditions = [
        SeededMistake(
            "a match compared with a boolean",
            step("if run.host:match('^db') == true then return run:veto('x') end"),
            "string.match(…) is never true"
        ),
        SeededMistake(
            "a verdict as a condition",
            step("if run:veto('x') then return end"),
            "a verdict has to be returned"
        ),
        SeededMistake(
            "a list compared with an empty one",
            end("if event.outcome.leaked == {} then return end"),
            "a new table equals no other"
        ),
        SeededMistake(
            "an answer as a condition of success",
            end("local ok = run:http { url = 'http://x/' } if not ok then run:warn('x') end"),
            "the result of run:http is always true, a failure raises an error"
        ),
        SeededMistake(
            "a comparison cut short",
            step("if run.host == 'a' or 'b' then return run:veto('x') end"),
            "\"b\" alone is always true"
        ),
    ]
}
