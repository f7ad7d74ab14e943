/// Patterns that Lua refuses, and signs of other languages in them.
extension SeededMistake {
    static let patterns = [
        SeededMistake("a set that is not closed", step("if run.host:find('[a') then return end"), "a [ is not closed"),
        SeededMistake("a percent sign at the end", step("if run.host:find('db%') then return end"), "it ends with %"),
        SeededMistake("a capture that is not closed", step("log.info(run.host:match('(db'))"), "a ( is not closed"),
        SeededMistake("a bracket too many", step("log.info(run.host:match('db)'))"), "a ) closes nothing"),
        SeededMistake(
            "a capture that is not there",
            step("log.info(run.host:match('(d)%2'))"),
            "%2 is no capture of it"
        ),
        SeededMistake("a frontier without a set", step("log.info(run.host:match('%fx'))"), "%f needs a set"),
        SeededMistake(
            "alternatives of a regular expression",
            step("if run.host:match('db1|db2') then return run:veto('x') end"),
            "patterns have no alternatives"
        ),
        SeededMistake(
            "a class of a regular expression",
            step("if run.host:match('^db\\\\d+$') then return run:veto('x') end"),
            "patterns have no \\d: write %d"
        ),
        SeededMistake(
            "a count of a regular expression",
            step("if run.id:match('^%d[0-9]{7}') then return run:veto('x') end"),
            "patterns have no {n}"
        ),
        SeededMistake(
            "a percent sign in a replacement",
            step("log.info((run.host:gsub('a', '100%')))"),
            "% stands before a digit or another %"
        ),
        SeededMistake(
            "both results of gsub as words",
            step("run:exec { 'x', run.host:gsub('a', 'b') }"),
            "gsub has two results"
        ),
        SeededMistake(
            "a pattern to wait for",
            "backup.before('flush', function(run) run:undo('x', run:spawn { 'x', ready = '[ready' }) end)",
            "a [ is not closed"
        ),
        SeededMistake(
            "a text with an index",
            step("if run.host[1] == 'd' then return end"),
            "run.host is a text and has no items"
        ),
        SeededMistake(
            "a host with a star",
            step("if run.host == '*.example.com' then return run:veto('x') end"),
            "* stands for itself"
        ),
    ]
}
