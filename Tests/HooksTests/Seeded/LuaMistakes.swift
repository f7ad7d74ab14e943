/// Lists, loops, names and functions of Lua.
extension SeededMistake {
    static let plainLua = [
        SeededMistake(
            "a removal from the list of the loop",
            """
            backup.filter('archive.exclude', function(run, list)
              for i, p in ipairs(list) do if p == '*.log' then table.remove(list, i) end end
              return list
            end)
            """,
            "a removal from list makes the loop pass over the next item"
        ),
        SeededMistake(
            "an item and a list exchanged",
            "backup.filter('archive.exclude', function(run, list) table.insert('*.log', list) return list end)",
            "table.insert takes a table here"
        ),
        SeededMistake(
            "an item and a place exchanged",
            "backup.filter('archive.exclude', function(run, list) table.insert(list, '*.log', 1) return list end)",
            "table.insert takes the place before the value"
        ),
        SeededMistake(
            "a number of an item for the item",
            step("for w in ipairs(run.warnings) do log.info(w.text) end"),
            "w has no fields: it is a number"
        ),
        SeededMistake(
            "a list with a gap",
            step("for _, w in ipairs { nil, 'a' } do log.info(w) end"),
            "may end at this nil"
        ),
        SeededMistake("a name without a value", step("local a, b = run.host log.info(b)"), "b gets no value"),
        SeededMistake(
            "a text that is called",
            "local type = 'x' " + step("if type(run.host) == 'string' then return end"),
            "\"x\" is a string, not a function"
        ),
        SeededMistake("a metatable for run", step("setmetatable(run, {})"), "run has a metatable of its own"),
        SeededMistake(
            "a log by another name",
            "local info = log.info " + step("info('a', 'b')"),
            "log.info takes a table"
        ),
        SeededMistake(
            "a verb by another name",
            "local before = backup.before before('flush', function(run) log.info(run.snapshto) end)",
            "unknown field of run \"snapshto\""
        ),
        SeededMistake(
            "files by another name",
            step("local fs = run.fs fs.raed('/x')"),
            "unknown run.fs \"raed\", did you mean \"read\"?"
        ),
        SeededMistake(
            "the run for the name",
            "backup.filter('archive.name', function(name) return name .. '-x' end)",
            "run cannot be joined to a text"
        ),
        SeededMistake(
            "a loop that waits",
            step("local t = os.time() + 5 while os.time() < t do end"),
            "a loop that waits spends the hook's time"
        ),
        SeededMistake("a file without a hook", "local limit = backup.option('limit', 5)", "the file binds no hook"),
        SeededMistake(
            "a second replacement",
            "backup.replace('flush', function() end) backup.replace('flush', function() log.info('x') end)",
            "is never called: the one of line 1 does not decline"
        ),
        SeededMistake(
            "an option that is read in a hook",
            step("local most = backup.option('most', 5) log.info(most .. '')"),
            "backup.option is for the file's own level"
        ),
        SeededMistake(
            "a feature in a typo",
            "if backup.has('run:pip') then log.info('x') end",
            "did you mean \"run:pipe\"?"
        ),
        SeededMistake(
            "a log of its own messages",
            "backup.on('message', function() log.info('x') end)",
            "log.info says nothing"
        ),
    ]
}
