import Glibc
import Host
import TestSupport
import Testing

@testable import MySQL

/// Option files mean what they mean to the server's own clients.
@Suite struct OptionFileTests {
    private let scratch: ScratchDirectory

    init() throws { scratch = try ScratchDirectory() }

    /// The options of the group `client`, written like `my_print_defaults` writes them.
    private func options(_ text: some Sequence<UInt8>) throws -> [UInt8] {
        var files = OptionFiles(groups: ["client"])
        try files.read(try scratch.write(text, to: "my.cnf"))
        var printed: [UInt8] = []
        for option in files.options {
            printed += Array("--".utf8)
            printed += option.name
            if let value = option.value { printed += [UInt8(ascii: "=")] + value }
            printed.append(10)
        }
        return printed
    }
    @Test(arguments: [
        ("password=secret # comment", "--password=secret"), ("password=pass#word", "--password=pass"),
        ("password=\"pass#word\" # comment", "--password=pass#word"), ("password='it''s'", "--password=it''s"),
        ("  user = root\t", "--user=root"), ("password=a b  c", "--password=a b  c"),
        ("password=a\\sb\\\\c\\n", "--password=a b\\c\n"), ("password=\\x\\", "--password=\\x\\"),
        ("password=\"a\\\"#b\"", "--password=a\"#b"), ("password=\"", "--password=\""), ("password=''", "--password="),
        ("password=", "--password="), ("skip-ssl", "--skip-ssl"), ("skip-ssl # why", "--skip-ssl"),
        ("a=b=c", "--a=b=c"), ("; comment", ""), ("# comment", ""), ("!unknown", ""), ("password=é", "--password=é"),
        ("password=\r", "--password="), ("user=x;y", "--user=x;y"),
    ])
    func `a line means what it means to the clients`(line: String, expected: String) throws {
        let printed = try options("[client] # group\n\(line)\n[other]\nuser=nobody\n".utf8)
        #expect(String(decoding: printed, as: UTF8.self) == expected + (expected.isEmpty ? "" : "\n"))
    }

    @Test(arguments: [
        ("user=root\n", "line 1: an option stands before the first group"),
        ("\n[client\n", "line 2: the group's name has no \"]\""),
    ])
    func `a file that the clients refuse is refused with its line`(text: String, reason: String) throws {
        #expect(throws: MySQLError.optionFile(scratch.path + "/my.cnf", reason: reason)) { try options(text.utf8) }
    }

    /// Random lines of the characters that have a meaning somewhere.
    @Test(arguments: 1...40) func `random files read like my_print_defaults reads them`(seed: UInt64) async throws {
        var random = SeededGenerator(seed: seed)
        let pieces: [[UInt8]] =
            [
                "user", "pass-word", "=", "=", "#", ";", "'", "\"", "\\", "\\n", "\\s", "\\\"", "\\'", " ", "\t", "x",
                "é",
            ]
            .map { Array($0.utf8) } + [[0xA0], [0x85], [0xE0], [0x0B], [0x0C]]
        var text = Array("[client]\n".utf8)
        for _ in 0..<200 {
            // A name, so that the program's answer is defined.
            if Int.random(in: 0..<12, using: &random) == 0 {
                text += Array(["[client]", "[other]", " [client ] x", "[client]#"].randomElement(using: &random)!.utf8)
            } else {
                text += Array("o".utf8)
                for _ in 0..<Int.random(in: 0..<12, using: &random) { text += pieces.randomElement(using: &random)! }
            }
            text.append(10)
        }
        let path = try scratch.write(text, to: "my.cnf")
        let command = Command("my_print_defaults", ["--defaults-file=\(path)", "client"], deadline: .seconds(10))
        let expected = try await Commands.system.checked(command).standardOutput
        #expect(try options(text) == expected)
    }

    @Test func `included files and directories are read where they stand`() async throws {
        mkdir(scratch.path + "/conf.d", 0o700)
        for (name, text) in [
            ("one.cnf", "[client]\nport=1\n[mysqld]\nport=9\n"), ("conf.d/b.cnf", "[client]\nport=3\n"),
            ("conf.d/a.cnf", "[client]\nport=2\n"), ("conf.d/c.conf", "[client]\nport=9\n"),
            ("loop.cnf", "[client]\nport=5\n!include \(scratch.path)/loop.cnf\n"),
        ] {
            try scratch.write(text.utf8, to: name)
        }
        let text = """
            [client]
            port=0
            !include \(scratch.path)/one.cnf
            !includedir \(scratch.path)/conf.d/
            !include \(scratch.path)/missing.cnf
            port=4
            !include \(scratch.path)/loop.cnf

            """
        let path = try scratch.write(text.utf8, to: "my.cnf")
        let command = Command("my_print_defaults", ["--defaults-file=\(path)", "client"], deadline: .seconds(10))
        let expected = try await Commands.system.checked(command).standardOutput
        #expect(
            String(decoding: expected, as: UTF8.self).hasPrefix("--port=0\n--port=1\n--port=2\n--port=3\n--port=4\n")
        )
        #expect(try options(text.utf8) == expected)
    }

    @Test(arguments: ["my.cnf", "included.cnf", "conf.d/a.cnf", "conf.d", "."])
    func `a file that others could have changed is refused, with the command that repairs it`(name: String) throws {
        mkdir(scratch.path + "/conf.d", 0o700)
        for name in ["conf.d/a.cnf", "included.cnf"] { try scratch.write("[client]\n".utf8, to: name) }
        let text = "!include \(scratch.path)/included.cnf\n!includedir \(scratch.path)/conf.d\n"
        try scratch.write(text.utf8, to: "my.cnf")
        chmod(scratch.path + "/" + name, 0o777)
        var files = OptionFiles(groups: [])
        #expect {
            try files.read(scratch.path + "/my.cnf")
        } throws: { error in
            guard case MySQLError.optionFile(_, let reason, let repair) = error else { return false }
            return reason.contains("can be changed by others") && repair?.hasPrefix("chmod go-w /") == true
        }
    }

    @Test(arguments: ["fifo", "missing"])
    func `anything but a regular file is refused, and not waited for`(name: String) throws {
        mkfifo(scratch.path + "/fifo", 0o600)
        var files = OptionFiles(groups: [])
        #expect(throws: MySQLError.self) { try files.read(scratch.path + "/" + name) }
    }
}
