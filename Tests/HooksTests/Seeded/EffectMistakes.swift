/// Errors that fail no run, releases that come too late, and times that add up.
extension SeededMistake {
    static let effects = [
        SeededMistake(
            "an assertion that only warns",
            "backup.after('recover', function(run) if run:sql('SELECT 1 AS n')[1].n == 0 then error('empty') end end)",
            "an error in after(\"recover\") is a warning, and the run goes on"
        ),
        SeededMistake(
            "an assertion that only warns, by assert",
            "backup.after('snapshot', { timeout = '5s' }, function(run) assert(run.lock.held < 1, 'too long') end)",
            "an error in after(\"snapshot\") is a warning, and the run goes on"
        ),
        SeededMistake(
            "an error in on to fail the run",
            "backup.on('unlocked', function(run, event) if event.held_seconds > 1 then error('too long') end end)",
            "use after(\"snapshot\", { on_error = \"fail\" }, …)"
        ),
        SeededMistake(
            "a release behind its act",
            "backup.before('lock', function(run) run:exec { 'p', 'drain' } run:undo('p', { exec = { 'p', 'ready' } }) end)",
            "run:undo comes after the act"
        ),
        SeededMistake(
            "a release behind its act, in a branch",
            """
            backup.before('lock', function(run)
              if run.server.is_replica then
                run:exec { 'p', 'drain' }
                run:undo('p', { exec = { 'p', 'ready' } })
              end
            end)
            """,
            "run:undo comes after the act"
        ),
        SeededMistake(
            "a release of a function where data would do",
            step("run:undo('p', { call = function(r) r:exec { 'p', 'ready' } end }) run:exec { 'p', 'drain' }"),
            "hand over { exec = { … } }"
        ),
        SeededMistake(
            "a release that is a function where a statement would do",
            step("run:undo('p', function(r) r:sql('SET GLOBAL a = 1') end) run:exec { 'p' }"),
            "hand over { sql = \"…\" }"
        ),
        SeededMistake(
            "a query of the live server where the copy is meant",
            "backup.before('recover', function(run) if run:sql('SELECT 1 AS n')[1].n == 0 then return run:veto('x') end end)",
            "before(\"recover\") asks the live server: after(\"recover\") asks the copy"
        ),
        SeededMistake(
            "a list as an item of a filter's list",
            "backup.filter('archive.exclude', function(run, l) l[#l + 1] = { '*.tmp' } return l end)",
            "an item of the list has to be a string, not a list"
        ),
        SeededMistake(
            "a number as an item of a filter's list",
            "backup.filter('archive.exclude', function(run, l) l[#l + 1] = 5 return l end)",
            "an item of the list has to be a string, not 5"
        ),
        SeededMistake(
            "a list that is inserted into a filter's list",
            "backup.filter('archive.exclude', function(run, l) table.insert(l, { '*.tmp' }) return l end)",
            "an item of the list has to be a string, not a list"
        ),
        SeededMistake(
            "a calculation with a text that may not fit",
            "backup.after('publish', function(run) run:exec { 'u', on_line = function(l) run:progress(l:match('(%d+)%%') / 100) end } end)",
            "match(…) is nil where the text does not fit"
        ),
        SeededMistake(
            "a column without a name of its own",
            step("if run:sql('SELECT COUNT(*) FROM a.b')[1].count == 0 then return run:veto('x') end"),
            "unknown column \"count\": name it, COUNT(*) AS count"
        ),
        SeededMistake(
            "a column that is ordered with a time",
            step("if run:sql('SELECT 1 AS lag')[1].lag > '30s' then return run:veto('x') end"),
            "which Lua does not order with \"30s\""
        ),
        SeededMistake(
            "a column that is compared with a number in quotes",
            step("if run:sql('SELECT 1 AS n')[1].n == '0' then return run:veto('x') end"),
            "compare it with 0, without quotes"
        ),
        SeededMistake(
            "pauses that are longer than the hook",
            "backup.before('flush', { timeout = '10s' }, function(run) for i = 1, 10 do run:exec { 'sleep', '5' } end end)",
            "the pauses take 50 s, and the hook has 10 s"
        ),
        SeededMistake(
            "a pause that is longer than the hook",
            "backup.before('flush', { timeout = '10s' }, function(run) run:exec { 'sleep', '30' } end)",
            "the pauses take 30 s, and the hook has 10 s"
        ),
        SeededMistake(
            "a loop that takes longer than the hook",
            "backup.before('flush', function(run) for i = 1, 5 do run:exec { 'p', timeout = '10s' } end end)",
            "5 calls of run:exec may take 50 s, and the hook 30 s"
        ),
    ]

    static let members = [
        SeededMistake(
            "a mistyped function of a table",
            "local s = {} function s.tell(run) log.info(run.host) end backup.on('started', function(run) s.tel(run) end)",
            "s has no \"tel\", did you mean \"tell\"?"
        ),
        SeededMistake(
            "a mistyped function of a table that is written out",
            "local s = { tell = function(run) log.info(run.host) end } backup.on('started', function(run) s.tel(run) end)",
            "s has no \"tel\""
        ),
        SeededMistake(
            "a mistyped method of a table",
            "local s = {} function s:tell() log.info('x') end backup.on('started', function(run) s:tel() end)",
            "s has no \"tel\""
        ),
        SeededMistake(
            "a function of a table that is refused under the lock",
            """
            local s = {}
            function s.tell(run) run:http { url = 'http://x/' } end
            backup.before('snapshot', function(run) s.tell(run) end)
            """,
            "run:http is refused while the lock is held"
        ),
        SeededMistake(
            "a function that needs the run, without it",
            "local function tell(run) log.info(run.host) end backup.on('started', function(run) tell() end)",
            "tell(…) gets no run, and uses it: write tell(run)"
        ),
        SeededMistake(
            "a function of a table that needs the run, without it",
            "local s = {} function s.tell(run) run:warn('x') end backup.on('started', function(run) s.tell() end)",
            "tell(…) gets no run, and uses it"
        ),
    ]
}
