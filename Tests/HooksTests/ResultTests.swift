import Lifecycle
import Testing

@testable import Hooks

/// The values in the results of replaced steps, against the table of the API.
@Suite struct `Results of replaced steps` {
    private func failure(_ step: String, _ body: String) async throws -> Failure? {
        try await HookHarness("backup.replace('\(step)', function(run) \(body) end)").run().failure
    }

    private static let gtid = "has to be a GTID state such as"

    /// Each is wrong in one way, and the message names the field and what it has to be.
    private static let coordinates: [(given: String, message: String)] = [
        ("'x'", "result.coordinates has to be a table"),
        ("{ 'binlog.1', 4 }", "result.coordinates has to be a table with names"),
        ("{}", "result.coordinates says no place: give binlog, gtid"),
        ("{ inexact_because = 'x' }", "result.coordinates says no place"),
        ("{ log = 'x' }", "result.coordinates has no field \"log\""),
        ("{ binlgo = { file = 'b.1', position = 4 } }", "did you mean \"binlog\"?"),
        ("{ binlog = 'b.1:4' }", "result.coordinates.binlog has to be a table with names, not \"b.1:4\""),
        ("{ binlog = { file = 'b.1' } }", "result.coordinates.binlog lacks position: bytes from the start"),
        ("{ binlog = { position = 4 } }", "result.coordinates.binlog lacks file"),
        (
            "{ binlog = { file = 'b.1', position = '4' } }",
            "result.coordinates.binlog.position has to be a whole number, not \"4\""
        ),
        ("{ binlog = { file = 'b.1', position = 4.5 } }", "position has to be a whole number, not 4.5"),
        ("{ binlog = { file = 'b.1', position = -1 } }", "position has to be a position in a binary log: 4 or more"),
        ("{ binlog = { file = 'b.1', position = 0 } }", "position has to be a position in a binary log: 4 or more"),
        ("{ binlog = { file = '', position = 4 } }", "binlog.file has to be a text without control characters"),
        ("{ binlog = { file = 'b\\n1', position = 4 } }", "binlog.file has to be a text without control characters"),
        ("{ binlog = { file = 5, position = 4 } }", "binlog.file has to be a string, not 5"),
        ("{ binlog = { file = 'b.1', position = 4, pos = 4 } }", "binlog has no field \"pos\""),
        ("{ gtid = '5' }", "gtid \(gtid)"),
        ("{ gtid = '0-1' }", gtid), ("{ gtid = 'binlog.1' }", gtid), ("{ gtid = '0-1-5,' }", gtid),
        ("{ gtid = 5 }", "result.coordinates.gtid has to be a string, not 5"),
        ("{ replica_gtid = '0:1:5' }", "result.coordinates.replica_gtid \(gtid)"),
        (
            "{ gtid = '3e11fa47-71ca-11e1-9e33-c80aa9429562:1-5' }",
            "result.coordinates.gtid has to be a GTID state of mariadb"
        ),
        ("{ gtid = '0-1-5', channels = 'x' }", "result.coordinates.channels has to be a list"),
        ("{ gtid = '0-1-5', channels = { { name = '' } } }", "result.coordinates.channels[1] lacks source_host"),
        (
            "{ gtid = '0-1-5', channels = { { name = '', source_host = 'h', source_port = 0 } } }",
            "channels[1].source_port has to be a port from 1 to 65535"
        ),
        (
            """
            { gtid = '0-1-5', channels = { { name = '', source_host = 'h', source_port = 1, executed = { file = 'b' } } } }
            """,
            "channels[1].executed lacks position"
        ),
        ("{ gtid = '0-1-5', statement = {} }", "result.coordinates.statement has to be a string"),
    ]

    @Test(arguments: coordinates, [("lock", "release = { sql = 'x' }"), ("recover", "clean = true")])
    func `wrong coordinates fail the step, by the name of the field`(
        row: (given: String, message: String),
        step: (name: String, fields: String)
    ) async throws {
        let failure = try await failure(step.name, "return { \(step.fields), coordinates = \(row.given) }")
        #expect(failure?.message.contains(row.message) == true, "\(failure?.message ?? "")")
        #expect(failure?.message.hasPrefix("10-test.lua:1: ") == true)
        #expect(failure?.step?.rawValue == step.name)
    }

    @Test(arguments: [
        "{ binlog = { file = 'b.1', position = 4 } }", "{ gtid = '0-1-5' }",
        "{ gtid = '0-1-5,1-2-18446744073709551615' }",
        "{ replica_gtid = '0-1-5, 1-2-3' }", "{ gtid = '' }", "{ gtid = '', replica_gtid = '' }",
        "{ gtid = '', binlog = { file = 'b.1', position = 4 } }",
        "{ channels = { { name = '', source_host = 'h', source_port = 3306 } } }",
        "{ binlog = { file = 'b.1', position = 4 }, inexact_because = 'x', statement = 'CHANGE MASTER TO\\n x' }",
    ])
    func `right coordinates become those of the run`(given: String) async throws {
        let outcome = try await HookHarness(
            """
            backup.replace('lock', function() return { coordinates = \(given), release = { sql = 'x' } } end)
            """
        ).run()
        #expect(outcome.ending == .succeeded, "\(outcome.failure?.message ?? "")")
    }

    @Test(arguments: [
        ("3e11fa47-71ca-11e1-9e33-c80aa9429562:1-5", true), ("3E11FA47-71CA-11E1-9E33-C80AA9429562:5", true),
        ("3e11fa47-71ca-11e1-9e33-c80aa9429562:1-5:7,\n3e11fa47-71ca-11e1-9e33-c80aa9429563:1", true),
        ("3e11fa47-71ca-11e1-9e33-c80aa9429562:blue:1-5:red:1", true),
        ("3e11fa47-71ca-11e1-9e33-c80aa9429562", false), ("3e11fa47:1-5", false), ("0-1-5", false), ("", false),
        ("3e11fa47-71ca-11e1-9e33-c80aa9429562:1-", false), ("1", false),
    ])
    func `a GTID set of MySQL has its form`(text: String, isRight: Bool) {
        #expect(GTIDForm.mysql.includes(text) == isRight)
        #expect(APIForm.gtid.includes(.text(text)) == (isRight || text == "0-1-5" || text.isEmpty))
    }

    /// A result of each step that is right, and values that are wrong in it.
    private static let others: [(step: String, right: String, wrong: String, message: String)] = [
        (
            "archive", "bytes = 1, files = 1", "location = ''",
            "result.location has to be an absolute path, or an address"
        ),
        ("archive", "bytes = 1, files = 1", "location = 'sets/x'", "result.location has to be an absolute path"),
        ("archive", "bytes = 1, files = 1", "location = '/sets/a\\nb'", "result.location has to be an absolute path"),
        ("archive", "bytes = 1, files = 1", "location = ' '", "result.location has to be an absolute path"),
        ("archive", "location = '/x', files = 1", "bytes = -1", "result.bytes has to be a number from 0 on, not -1"),
        ("archive", "location = '/x', bytes = 1", "files = -1", "result.files has to be a number from 0 on"),
        ("mount", "release = { sql = 'x' }", "path = 'mnt'", "result.path has to be an absolute path, not \"mnt\""),
        (
            "mount", "path = '/m', release = { sql = 'x' }", "mount_point = 'm'",
            "result.mount_point has to be an absolute path"
        ),
        ("snapshot", "release = { sql = 'x' }", "device = ''", "result.device has to be a text"),
        ("connect", "version = '1', datadir = '/d'", "flavour = ''", "result.flavour has to be a text"),
        ("connect", "version = '1', flavour = 'x'", "datadir = 'd'", "result.datadir has to be an absolute path"),
        (
            "connect", "version = '1', flavour = 'x', datadir = '/d'", "files = { '/a', 'b' }",
            "result.files[2] has to be an absolute path, not \"b\""
        ),
        (
            "locate", "group = 'g', name = 'n', device = '/d', filesystem = 'xfs'", "size = 0",
            "result.size has to be a number from 1 on, not 0"
        ),
        (
            "locate", "group = 'g', name = 'n', device = '/d', filesystem = 'xfs', size = 1", "mount_points = { 'm' }",
            "result.mount_points[1] has to be an absolute path"
        ),
        ("recover", "clean = true", "log = 'log'", "result.log has to be an absolute path"),
        ("verify", "", "level = ''", "result.level has to be a text"),
        ("lock", "release = { sql = 'x' }", "plan = ''", "result.plan has to be a text"),
        (
            "lock", "", "release = { sql = 'x', timeout = 0 }",
            "release.timeout has to be a time that is longer than 0 s"
        ),
    ]

    @Test(arguments: others)
    func `a value of another form fails the step, and reading finds it`(
        row: (step: String, right: String, wrong: String, message: String)
    ) async throws {
        let body = "return { \(row.right)\(row.right.isEmpty ? "" : ", ")\(row.wrong) }"
        let message = try await failure(row.step, body)?.message ?? ""
        #expect(message.contains(row.message), "\(message)")
        let text = "backup.replace('\(row.step)', function(run) \(body) end)"
        let read = HookFile(fileName: "10-a.lua", name: "a", path: "10-a.lua", text: text).mistakes.map(\.message)
        #expect(read.contains { $0.contains(row.message) }, "\(read)")
    }

    @Test(arguments: ["/b/x", "s3://bucket/x", "restic:/srv#1a2b", "host:/b/x", "/srv/borg::db1-5"])
    func `an absolute path or an address is a location`(location: String) async throws {
        let result = "location = '\(location)', bytes = 0, files = 0"
        #expect(try await failure("archive", "return { \(result) }") == nil)
    }

    @Test(arguments: [
        ("return run:retry('x', { attempts = 0 })", "options.attempts has to be a number from 1 on, not 0"),
        ("return run:retry('x', { attempts = -2 })", "options.attempts has to be a number from 1 on, not -2"),
        ("run:http { url = 'http://x/', retries = -1 }", "request.retries has to be a number from 0 on"),
        ("run:http { url = 'http://x/', method = 'post' }", "request.method has to be a method in capitals"),
        ("run:http { url = 'http://x/', timeout = 0 }", "request.timeout has to be a time that is longer than 0 s"),
        ("run:exec { 'true', cwd = 'x' }", "command.cwd has to be an absolute path, not \"x\""),
        ("run:exec { 'true', stdout = 'x' }", "command.stdout has to be an absolute path"),
        ("run:exec { 'true', user = '' }", "command.user has to be a text"),
        ("run:exec { 'true', timeout = '0s' }", "command.timeout has to be a time that is longer than 0 s"),
    ])
    func `an option of another form is an error, and reading finds it`(body: String, message: String) async throws {
        let text = "backup.before('flush', function(run) \(body) end)"
        let failure = try await HookHarness(text).run().failure
        #expect(failure?.message.contains(message) == true, "\(failure?.message ?? "")")
        let read = HookFile(fileName: "10-a.lua", name: "a", path: "10-a.lua", text: text).mistakes.map(\.message)
        #expect(read.contains { $0.contains(message) }, "\(read)")
    }
}
