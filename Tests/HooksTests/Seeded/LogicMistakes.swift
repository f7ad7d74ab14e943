/// Conditions that hold always or never, and calculations that fail.
extension SeededMistake {
    static let logic = [
        SeededMistake(
            "two texts joined by and",
            step("if run.host == 'a' and run.host == 'b' then return run:veto('x') end"),
            "never hold together: write or"
        ),
        SeededMistake(
            "two inequalities joined by or",
            step("if run.host ~= 'a' or run.host ~= 'b' then return run:veto('x') end"),
            "always holds: write and"
        ),
        SeededMistake(
            "an inverted range of hours",
            step("local h = tonumber(os.date('%H')) if h > 22 and h < 6 then return run:defer('x') end"),
            "h > 22 and h < 6 never hold together"
        ),
        SeededMistake(
            "a range that has all numbers",
            step("local h = tonumber(os.date('%H')) if h < 22 or h > 6 then return run:defer('x') end"),
            "h < 22 or h > 6 always holds"
        ),
        SeededMistake(
            "a third text behind two others",
            step("local f = run.server.flavour if f == 'mysql' and run.dry_run and f == 'mariadb' then return end"),
            "never hold together"
        ),
        SeededMistake(
            "a value compared with itself",
            step("if run.host == run.host then return run:veto('x') end"),
            "run.host is compared with itself"
        ),
        SeededMistake(
            "a choice of false",
            step("local x = run.dry_run and false or true if x then return end"),
            "\"… and false or …\" is never false"
        ),
        SeededMistake(
            "a division by zero",
            step("log.info(tostring(run.started // 0))"),
            "// 0 is an error"
        ),
        SeededMistake(
            "bits of a fraction",
            step("log.info(tostring(1.5 | 1))"),
            "| takes whole numbers, not 1.5"
        ),
        SeededMistake(
            "a quotient in a place for whole numbers",
            "backup.before('lock', function(run) log.info(('%d GiB'):format(run.volume.size / 1073741824)) end)",
            "the result of / may have a fraction"
        ),
        SeededMistake(
            "a number of a text that is none",
            step("local n = tonumber('x') + 1"),
            "nil cannot be calculated"
        ),
        SeededMistake(
            "a weekday that is not there",
            step("if os.date('*t').wday == 0 then return run:veto('x') end"),
            "os.date(\"*t\").wday is from 1 to 7, 1 is Sunday"
        ),
        SeededMistake(
            "the hour 24",
            step("if os.date('*t').hour >= 24 then return end"),
            "os.date(\"*t\").hour is from 0 to 23"
        ),
        SeededMistake("a letter that os.date lacks", step("log.info(os.date('%Q'))"), "os.date has no %Q"),
        SeededMistake(
            "a date without a day",
            step("log.info(os.time { year = 2026 } .. '')"),
            "os.time { … } lacks month"
        ),
        SeededMistake("a date as text", step("log.info(os.time('2026-01-01') .. '')"), "os.time takes a table here"),
    ]
}
