/// Releases that release nothing.
extension SeededMistake {
    static let releases = [
        SeededMistake(
            "a program that runs at once for a release",
            step("run:undo('x', run:exec { 'x' })"),
            "the result of run:exec is no release"
        ),
        SeededMistake(
            "a statement alone for a release",
            "backup.before('lock', function(run) run:undo('replica', 'START REPLICA') end)",
            "release has to be a table, a function or a process, not \"START REPLICA\""
        ),
        SeededMistake(
            "a lock that is held and has no release",
            "backup.replace('lock', function(run) return { locked = true } end)",
            "the result has no release"
        ),
        SeededMistake(
            "a process's number for its release",
            "backup.replace('snapshot', function(run) local p = run:spawn { 'x' } return { device = '/d', release = p.pid } end)",
            "result.release has to be a table, a function or a process, and process.pid is a number"
        ),
        SeededMistake(
            "a function that is to outlive the process",
            step("run:intend(function() end)"),
            "run:intend needs exec or sql"
        ),
    ]
}
