import Hooks
import LVMBackup
import Testing

@Suite struct `A configuration file that is no TOML` {
    private static func complaint(_ line: Int, _ reason: String) -> String {
        "the configuration file \"x.toml\", line \(line), is not TOML: \(reason)"
    }

    private func message(_ text: String) throws -> String {
        try #require(#expect(throws: SettingsError.self) { try ConfigurationFile.parse(text, path: "x.toml") }).message
    }

    @Test func `is told with its line`() throws {
        #expect(try message("keep-last = 7\nlock = = 1\n").hasPrefix(Self.complaint(2, "")))
    }

    @Test(arguments: [
        "[é]", "[.hooks]", "[[ =x]]", "[\u{fffd}bac", " \t[ #]", "[a..b]", "since = 1979-05-27 7\n",
        "a = [1979-05-27 7]",
        "a=5sbp-di-a= 7\nb = \"\"", "a = 1979-05-27_ 7,", "a = 1979-05-27Tz7:32", "a = \"\\U0011FFFF\"",
    ])
    func `is told with its line where the parser fails an assertion`(text: String) throws {
        #expect(try message("\n#\n" + text + "\nb = [\n[.x]").hasPrefix(Self.complaint(3, "")))
    }

    @Test(arguments: [100, 115, 116, 117, 118, 200], ["a = ", "a =\t", "a = [\"x\",\t", "'' = \"\"\"\n\"\"\"\na = "])
    func `does not end the process by a date that is longer than the parser looks ahead`(
        underscores: Int,
        before: String
    ) throws {
        for second in ["9", "\u{1f}", "=", "é", "["] { try checkDate(underscores, before, second) }
    }

    private func checkDate(_ underscores: Int, _ before: String, _ second: String) throws {
        let number = "1" + String(repeating: "_", count: underscores) + "\(second)79-05-27 7:32"
        let line = before.count { $0 == "\n" } + 1
        #expect(try message(before + number).hasPrefix(Self.complaint(line, "")))
    }

    /// A deep value took memory by the square of its depth, gigabytes for some ten kilobytes.
    @Test func `is told where it is too deep`() throws {
        let key = Array(repeating: "a", count: 190).joined(separator: ".")
        let deep = (0..<7).reduce("1") { inner, _ in "{\(key) = [\n\(inner)\n]}" }
        #expect(try message("x = \(deep)") == Self.complaint(1, "its tables are too deep in one another"))
        let arrays = "\nx = " + String(repeating: "[", count: 17)
        #expect(try message(arrays).hasPrefix(Self.complaint(2, "")))
    }

    @Test(arguments: ["[%]", "x.% = 1", "a = {% = 1}", "[[ '' . %]]", "[\"=\".%]"])
    func `does not overflow the stack by a key of endless parts`(form: String) throws {
        let key = Array(repeating: "a", count: 100_000).joined(separator: " . ")
        let text = "\n" + form.split(separator: "%", omittingEmptySubsequences: false).joined(separator: key)
        #expect(try message(text) == Self.complaint(2, "more than 500 dots; divide the line"))
    }
}

@Suite struct `Values of a configuration file` {
    @Test func `a hook gets what its table says`() throws {
        let text = """
            [hooks."a.b"] # of every kind
            date = 1979-05-27
            moment = 1979-05-27 07:32:00-07:00
            numbers = [0xff, 1_000, -2.5, 9223372036854775807]
            text = "\\u00e9\\u0000\\"\\n"
            long = '''[.x]
            1979-05-27 7'''
            table = { x.y = 1, z = [{}, { "" = true }] }
            """
        let options = try #require(try ConfigurationFile.parse(text, path: "x").hookOptions["a.b"])
        #expect(
            options == [
                "date": .text("1979-05-27"), "moment": .text("1979-05-27T07:32:00-07:00"),
                "numbers": .list([.integer(255), .integer(1000), .number(-2.5), .integer(.max)]),
                "text": .text("é\0\"\n"), "long": .text("[.x]\n1979-05-27 7"),
                "table": .table([
                    "x": .table(["y": .integer(1)]), "z": .list([.table([:]), .table(["": .bool(true)])]),
                ]),
            ]
        )
    }

    @Test(arguments: [
        "# \(String(repeating: ".", count: 3000))",
        "exclude = [\(Array(repeating: "'1.2.3.4'", count: 90).joined(separator: ", "))]",
    ])
    func `many dots are no long key`(text: String) throws {
        _ = try ConfigurationFile.parse(text, path: "x")
    }

    @Test func `a number without a fraction is whole, a date is a text`() throws {
        let text = "keep-last = 7.0\nuser = 1979-05-27\n"
        let configuration = try ConfigurationFile.parse(text, path: "x").configuration()
        #expect(configuration.keepLast == 7)
        #expect(configuration.user == "1979-05-27")
    }

    @Test(arguments: ["hooks = 1", "hooks = []", "[[hooks]]", "[hooks]\nx = 1"])
    func `hooks want tables`(text: String) {
        #expect(throws: SettingsError("\"hooks\" (file \"x\", line 1) wants tables: [hooks.NAME]")) {
            try ConfigurationFile.parse(text, path: "x")
        }
    }

    @Test(arguments: [
        ("keep-last = 7.5", "a whole number"), ("keep-last = \"7\"", "a whole number"),
        ("exclude = [1]", "a list of strings"),
        ("lock = true", "a string"), ("lock = [\"auto\"]", "a string"),
    ])
    func `a value of another form is refused`(text: String, form: String) {
        let key = text.prefix { $0 != " " }
        #expect(throws: SettingsError("\"\(key)\" (file \"x\", line 1) wants \(form)")) {
            try ConfigurationFile.parse(text, path: "x")
        }
    }
}
