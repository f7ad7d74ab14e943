/// Values that may not be there, and results of steps.
extension SeededMistake {
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
}
