import Host

/// The server's global variables; names in lower case, with underscores.
package struct ServerVariables: Sendable, Equatable {
    package var values: [String: String]

    package init(_ values: [String: String]) { self.values = values }

    /// Variables that every release of both products has.
    static let expected = [
        "basedir", "character_set_server", "datadir", "hostname", "log_bin", "log_error", "lower_case_table_names",
        "pid_file", "plugin_dir", "port", "server_id", "socket", "tmpdir", "version", "version_comment",
    ]

    /// Reads the answer to `SHOW GLOBAL VARIABLES`.
    ///
    /// - Throws: ``MySQLError/answer(to:missing:)`` where a variable is missing that every server has: an unknown value
    ///   must not be taken for a default.
    package init(_ rows: Rows) throws {
        values = rows.reduce(into: [:]) { values, row in
            guard row.values.count >= 2, let name = row[0] else { return }
            values[name.lowercased()] = row[1] ?? ""
        }
        let missing = Self.expected.filter { values[$0] == nil }
        guard missing.isEmpty else {
            throw MySQLError.answer(to: ServerReading.variables, missing: missing.joined(separator: ", "))
        }
        guard values["datadir"]?.isAbsolutePath == true else {
            throw MySQLError.answer(to: ServerReading.variables, missing: "an absolute path of the data directory")
        }
    }

    /// Bytes from which on a value may have been cut: the columns of MySQL's performance_schema end after 1024, without a
    /// warning (measured, 9.7.4; MariaDB 10.11 cuts nothing).
    static let longest = 1000

    /// Answers the whole value of a variable (tried with every variable of MySQL 9.7.4 and MariaDB 10.11).
    ///
    /// - Parameter name: one of a component has its name before a dot.
    static func question(about name: String) -> String {
        let parts = name.split(separator: ".", omittingEmptySubsequences: false)
        return "SELECT @@global.\(parts.map { String($0).quotedAsName }.joined(separator: ".")) AS `value`"
    }

    /// Reads long values anew.
    ///
    /// - Parameter ask: the answer to a statement.
    /// - Throws: ``MySQLError/answer(to:missing:)`` where one is missing; the error of `ask`.
    mutating func complete(_ ask: (String) async throws -> Rows) async throws {
        for name in values.filter({ $0.value.utf8.count >= Self.longest }).keys.sorted() {
            let question = Self.question(about: name)
            guard let value = try await ask(question).scalar else {
                throw MySQLError.answer(to: question, missing: "the value of a variable")
            }
            values[name] = value
        }
    }

    /// The value of a variable; nil where the server has none of this name or it is empty.
    package subscript(_ name: String) -> String? {
        guard let value = values[name], !value.isEmpty else { return nil }
        return value
    }

    /// Whether a switch is on.
    package func isOn(_ name: String) -> Bool {
        switch values[name]?.uppercased() {
        case "ON", "1", "YES", "TRUE": true
        default: false
        }
    }

    /// The data directory, without a slash at its end.
    package var datadir: String {
        guard let path = values["datadir"] else { preconditionFailure("every reading has a data directory") }
        return FilePath.cleaned(path)
    }

    /// Where replicas connect to; the usual port for a server that doesn't listen at the moment.
    package var port: Int { self["port"].flatMap { Int($0) }.flatMap { $0 > 0 ? $0 : nil } ?? 3306 }

    /// A path among the variables: those that aren't absolute count from the data directory.
    package func path(_ name: String) -> String? {
        self[name].map { FilePath.absolute($0, below: datadir) }
    }
}

/// Arithmetic on the server's paths, which are not necessarily ours; no file is looked at.
enum FilePath {
    /// A path as the server opens it.
    ///
    /// A component ".." stays: behind a symbolic link it leads to another directory than the text tells.
    static func absolute(_ path: String, below directory: String) -> String {
        cleaned(path.isAbsolutePath ? path : directory + "/" + path)
    }

    /// Without ".", doubled slashes and a slash at the end.
    static func cleaned(_ path: String) -> String {
        "/" + path.pathComponents.filter { $0 != "." }.joined(separator: "/")
    }

    /// Without ".", "..", doubled slashes and a slash at the end.
    static func normalized(_ path: String) -> String {
        var parts: [String] = []
        for part in path.pathComponents where part != "." {
            if part == ".." { _ = parts.popLast() } else { parts.append(part) }
        }
        return "/" + parts.joined(separator: "/")
    }

    static func directory(of path: String) -> String {
        cleaned(path.pathComponents.dropLast().joined(separator: "/"))
    }

    static func name(of path: String) -> String {
        path.pathComponents.last ?? path
    }

    /// False for a path that leaves the directory again, or could.
    static func isInside(_ path: String, _ directory: String) -> Bool {
        path.isBelow(directory) && !path.pathComponents.dropFirst(directory.pathComponents.count).contains("..")
    }
}
