/// Values that are used when their time has passed, and results that are lost.
extension SeededMistake {
    static let later = [
        SeededMistake(
            "the hook's run in its release",
            step("run:undo('x', function() run:exec { 'y' } end)"),
            "this run is used up when the code runs"
        ),
        SeededMistake(
            "the hook's run in a proof",
            """
            backup.replace('snapshot', function(run)
              return { device = '/d', release = { exec = { 'x' } }, check = function() run:exec { 'y' } end }
            end)
            """,
            "this run is used up when the code runs"
        ),
        SeededMistake(
            "the hook's run in the function of a release that is data, too",
            step("run:undo('x', { exec = { 'y' }, call = function() log.info(run.host) end })"),
            "this run is used up when the code runs"
        ),
        SeededMistake(
            "the run of an earlier hook",
            """
            local kept
            backup.before('flush', function(run) kept = run end)
            backup.before('mount', function() log.info(kept.id) end)
            """,
            "this run is used up when the code runs"
        ),
        SeededMistake(
            "a verdict under pcall",
            step("pcall(function() return run:veto('x') end)"),
            "the verdict of this function is lost"
        ),
        SeededMistake(
            "a verdict of a coroutine",
            step("coroutine.wrap(function() return run:veto('x') end)()"),
            "the verdict of this function is lost"
        ),
        SeededMistake("a hook that yields", step("coroutine.yield()"), "a hook is no coroutine"),
        SeededMistake(
            "a coroutine that is called",
            step("local co = coroutine.create(function() end) co()"),
            "is a coroutine: write coroutine.resume"
        ),
        SeededMistake(
            "the success of a coroutine as its text",
            step("local co = coroutine.create(error) log.info(coroutine.resume(co) .. 'x')"),
            "cannot be joined to a text, it is a boolean"
        ),
        SeededMistake(
            "a coroutine whose error nothing sees",
            step("coroutine.resume(coroutine.create(function() error('x') end))"),
            "coroutine.resume returns an error, and does not raise it"
        ),
        SeededMistake("a call before pcall", step("pcall(run:exec { 'x' })"), "write pcall(function() … end)"),
        SeededMistake("no handler", step("xpcall(function() end)"), "xpcall needs 2 arguments"),
        SeededMistake(
            "a success compared with a text",
            step("local ok = pcall(error, 'x') if ok == 'false' then return end"),
            "pcall(…) is never \"false\""
        ),
        SeededMistake(
            "a program that ends with its hook",
            step("run:spawn { 'x' }"),
            "the program of run:spawn ends with the hook"
        ),
        SeededMistake("an error without a text", step("error()"), "error without a text"),
        SeededMistake("an error that is true", step("error(true)"), "error takes a text"),
        SeededMistake(
            "values of an error's text",
            step("error('host %s is wrong', run.host)"),
            "write error((\"…\"):format(…))"
        ),
        SeededMistake(
            "values of an assertion's text",
            step("assert(run.dry_run, 'host %s', run.host)"),
            "assert takes 2 arguments, and drops the others"
        ),
    ]
}
