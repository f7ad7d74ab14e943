/// Options, answers, and functions in a place that does not take them.
extension SeededMistake {
    static let options = [
        SeededMistake(
            "a typo in an option of a program",
            "backup.before('lock', function(run) run:exec { 'true', tiemout = '5s' } end)",
            "unknown field of command \"tiemout\", did you mean \"timeout\"?"
        ),
        SeededMistake(
            "a command as one text",
            "backup.before('lock', function(run) run:exec('systemctl stop x') end)",
            "run:exec needs a list of words, such as { \"ls\", \"/\" }, not \"systemctl stop x\""
        ),
        SeededMistake(
            "a typo in an option of a request",
            "backup.on('finished', function(run) run:http { url = 'http://x/', header = {} } end)",
            "unknown field of request \"header\", did you mean \"headers\"?"
        ),
        SeededMistake(
            "an option of retry that is not there",
            "backup.before('flush', function(run) return run:retry('busy', { pause = '1s' }) end)",
            "unknown field of options \"pause\""
        ),
        SeededMistake(
            "a release that does nothing",
            "backup.before('lock', function(run) run:undo('x', { repair = 'y' }) end)",
            "release needs exec, sql or call: it does nothing"
        ),
        SeededMistake(
            "a result that lacks a field",
            "backup.replace('archive', function() return { bytes = 1 } end)",
            "result lacks location"
        ),
        SeededMistake(
            "a percentage for a fraction",
            "backup.before('archive', function(run) run:progress(50) end)",
            "run:progress takes a number from 0 to 1"
        ),
        SeededMistake(
            "a query with fewer values than marks",
            "backup.before('flush', function(run) run:sql('SELECT ?, ?', 1) end)",
            "the query has 2 ? and 1 values"
        ),
    ]

    static let places = [
        SeededMistake(
            "a request under the lock",
            "backup.before('snapshot', function(run) run:http { url = 'http://x/' } end)",
            "run:http is refused while the lock is held"
        ),
        SeededMistake(
            "a pause under the lock",
            "backup.after('lock', function(run) return run:retry('x') end)",
            "run:retry is not for after"
        ),
        SeededMistake(
            "a change of the server after the lock",
            "backup.after('archive', function(run) run:admin('START REPLICA') end)",
            "run:admin is not for after"
        ),
        SeededMistake(
            "a statement that changes something",
            "backup.before('lock', function(run) run:sql('STOP REPLICA') end)",
            "run:sql only reads here, and STOP may do more"
        ),
        SeededMistake(
            "a database in a listener",
            "backup.on('finished', function(run) run:sql('SELECT 1') end)",
            "run:sql is not for on"
        ),
        SeededMistake(
            "a step that cannot be skipped",
            "backup.before('lock', function(run) return run:skip('no') end)",
            "the step \"lock\" cannot be skipped"
        ),
    ]
}
