import Testing

@testable import MySQL

@Suite struct ClientOptionsTests {
    private func read(_ lines: String...) throws -> ClientOptions {
        try ClientOptions(
            try OptionFile(parsing: Array(("[client]\n" + lines.joined(separator: "\n")).utf8)).lines.compactMap {
                line in
                guard case .option(let name, let value) = line else { return nil }
                return OptionFiles.Option(name: name, value: value, file: "my.cnf")
            }
        )
    }

    @Test func `dashes and underscores, and a loose prefix, make no difference`() throws {
        let options = try read("ssl_ca=/ca", "ssl-cert=/cert", "loose_ssl_key=/key", "connect_timeout=7")
        #expect(options.tls.authority == "/ca" && options.tls.certificate == "/cert" && options.tls.key == "/key")
        #expect(options.connectTimeout == 7)
    }

    @Test func `of two values the later one counts, and options of other programs are passed over`() throws {
        let options = try read("user=one", "prompt=x", "no-auto-rehash", "user=two", "port=1", "port=2")
        #expect(options.user == "two" && options.port == 2)
    }

    @Test(
        arguments: [
            ("ssl", true, nil), ("ssl=0", false, nil), ("skip-ssl", false, nil), ("disable_ssl", false, nil),
            ("ssl-mode=REQUIRED", true, false), ("ssl_mode=verify_ca", true, true), ("ssl-mode=DISABLED", false, nil),
            ("ssl-verify-server-cert", nil, true), ("skip-ssl-verify-server-cert", nil, false),
        ] as [(String, Bool?, Bool?)]
    )
    func `switches of TLS are those of both products`(line: String, isRequired: Bool?, verifies: Bool?) throws {
        let tls = try read(line).tls
        #expect(tls.isRequired == isRequired && tls.verifiesServer == verifies)
    }

    @Test(arguments: ["port=abc", "port=99999999999", "ssl-mode=maybe", "ssl=perhaps", "protocol=pigeon"])
    func `a value that makes no sense is refused without being told`(line: String) {
        #expect {
            try read(line)
        } throws: { error in
            guard case MySQLError.optionFile("my.cnf", let reason, nil) = error else { return false }
            return !reason.contains(line.split(separator: "=")[1])
        }
    }

    @Test(
        arguments: [
            // The requested options, the file's text, and the place of the connection.
            (ConnectionOptions(), "socket=/s", "/s", nil), (ConnectionOptions(host: "db"), "socket=/s", nil, "db"),
            (ConnectionOptions(socket: "/t"), "host=db", "/t", nil),
            (ConnectionOptions(), "protocol=tcp", nil, "127.0.0.1"),
            (ConnectionOptions(socket: "/t"), "protocol=tcp", "/t", nil), (ConnectionOptions(), "host=db", nil, "db"),
            (ConnectionOptions(host: "localhost"), "protocol=tcp", nil, "127.0.0.1"),
        ] as [(ConnectionOptions, String, String?, String?)]
    )
    func `an option of the command beats the file`(
        asked: ConnectionOptions,
        line: String,
        socket: String?,
        host: String?
    ) throws {
        let options = asked.completed(by: try read(line, "user=u", "password=p"))
        #expect(options.socket == socket && options.host == host)
        #expect(options.user == "u" && options.password == "p")
    }
}
