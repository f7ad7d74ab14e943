/// Secrets where a run refuses them, and passwords in files.
extension SeededMistake {
    static let secrets = [
        SeededMistake(
            "a secret among a line's values",
            step("log.info('x', { t = run:secret('t') })"),
            "takes no secret"
        ),
        SeededMistake(
            "a secret in a joined list",
            step("run:exec { 'x', table.concat({ 'Bearer', run:secret('t') }, ' ') }"),
            "table.concat takes no secret"
        ),
        SeededMistake(
            "a secret in JSON",
            end("run:http { url = 'http://x/', method = 'POST', body = json.encode { t = run:secret('t') } }"),
            "json.encode takes no secret"
        ),
        SeededMistake(
            "a secret in a file",
            step("run.fs.write('/tmp/x', run:secret('t'))"),
            "run.fs.write takes no secret"
        ),
        SeededMistake(
            "a secret directory",
            step("run:exec { 'x', cwd = run:secret('t') }"),
            "command.cwd takes no secret"
        ),
        SeededMistake(
            "a secret user",
            step("run:exec { 'x', user = run:secret('t') }"),
            "command.user takes no secret"
        ),
        SeededMistake(
            "a secret output",
            step("run:pipe { { 'x' }, stdout = '/x/' .. run:secret('t') }"),
            "pipeline.stdout takes no secret"
        ),
        SeededMistake(
            "a secret method",
            end("run:http { url = 'http://x/', method = run:secret('t') }"),
            "request.method takes no secret"
        ),
        SeededMistake(
            "a secret in a release's name",
            step("run:undo('x ' .. run:secret('t'), { exec = { 'y' } })"),
            "the name of run:undo takes no secret"
        ),
        SeededMistake(
            "a secret in a release",
            step("local t = run:secret('t') run:undo('x', { exec = { 'y', t } })"),
            "a release takes no secret"
        ),
        SeededMistake(
            "a secret in a table that is handed on",
            step("run.vars.x = { token = run:secret('t') }"),
            "run.vars takes no secret"
        ),
        SeededMistake(
            "a secret's order",
            step("local t = run:secret('t') if t > 5 then return end"),
            "cannot be ordered"
        ),
        SeededMistake("a secret's sum", step("run.vars.x = run:secret('t') + 1"), "a secret cannot be calculated with"),
        SeededMistake(
            "a secret in a location",
            "backup.replace('archive', function(run) return { location = 's3:x/' .. run:secret('t') } end)",
            "the result takes no secret"
        ),
        SeededMistake(
            "a password among the words",
            step("run:exec { 'mysqldump', '-uroot', '-ps3cret' }"),
            "a password is written out"
        ),
        SeededMistake(
            "a long password among the words",
            step("run:exec { '/usr/bin/tool', '--password=s3cret' }"),
            "a password is written out"
        ),
        SeededMistake(
            "a secret as any file",
            step("run:exec { 'x', stdin = run.fs.read('/etc/lvmbackup/secrets/t') }"),
            "run:secret(\"t\") reads this file"
        ),
    ]
}
