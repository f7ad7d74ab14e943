/// Secrets where a run refuses them, and passwords that are written out.
extension HookScan {
    /// Notes a secret in an expression that takes plain values only, also in a table that is written out.
    ///
    /// - Parameter what: how messages call the place.
    func refuseSecret(_ expression: LuaExpression, _ what: String, _ site: ScanSite) {
        switch expression {
        case .table(let table):
            for item in table.items { refuseSecret(item.value, what, site.at(item.line)) }
        case .name, .index, .binary("..", _, _, _), .method(_, "secret", _, _), .single:
            if case .secret = value(of: expression, site) { noteSecret(what, site.line) }
        default: break
        }
    }

    func noteSecret(_ what: String, _ line: Int) {
        note(
            "\(what) takes no secret: it can stand in the words, env and stdin of a program, in the url, headers, body and json of run:http, and in the values of a query",
            line
        )
    }

    /// The arguments of a global function: a secret can be the text of a line or of an error, and an item of a list.
    func refuseSecrets(_ path: String, _ arguments: [LuaExpression], _ site: ScanSite) {
        if path.hasPrefix("log.") {
            for fields in arguments.dropFirst() { refuseSecret(fields, "the table of \(path)", site) }
        }
        // The check of formats tells those of string.format.
        let isPlain = ["backup", "math", "os", "string", "utf8"].contains { path.hasPrefix("\($0).") }
        guard isPlain && path != "string.format" || ["json.decode", "json.encode", "table.concat"].contains(path) else {
            return
        }
        for argument in arguments { refuseSecret(argument, path, site) }
    }

    /// An order or a calculation with secrets.
    func refuseSecret(_ values: [ScanValue], toBe verb: String, _ line: Int) {
        for case .secret in values { return note("a secret cannot be \(verb): its text is not for Lua code", line) }
    }

    /// A file of secrets that is read as another one.
    func checkSecretFile(_ path: String, _ line: Int) {
        guard path.hasPrefix("/etc/lvmbackup/secrets/"), let name = path.split(separator: "/").last else { return }
        doubt("run:secret(\"\(name)\") reads this file, and keeps its text out of logs and traces", line)
    }

    /// A password that is written out among the words of a client of the server.
    func checkPassword(_ words: [LuaExpression], _ what: String, _ line: Int) {
        guard let program = words.first?.literal?.text?.split(separator: "/").last else { return }
        let isClient = ["mysql", "mariadb", "xtrabackup", "mydumper"].contains { program.hasPrefix($0) }
        let isWritten = words.dropFirst().contains { word in
            guard let text = word.literal?.text else { return false }
            let hasShort = isClient && text.hasPrefix("-p") && text.count > 2
            return hasShort || text.hasPrefix("--password=") && text.count > 11
        }
        guard isWritten else { return }
        doubt(
            "\(what): a password is written out, and every user sees a program's words: env = { MYSQL_PWD = run:secret(\"NAME\") }",
            line
        )
    }
}
