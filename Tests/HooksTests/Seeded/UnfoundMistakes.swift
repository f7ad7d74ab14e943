/// Mistakes that only a run finds, each with the reason.
extension SeededMistake {
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
