package import Host
package import Lifecycle

/// A program of the installed server's packages, such as its client, that root alone can have changed.
package struct ServerProgram: Sendable {
    package enum Purpose: Sendable, CaseIterable {
        case client, dump, binlog, innodbCheck, ariaCheck, myisamCheck
    }

    package let path: String
    /// Executed by descriptor; nil for a script, which is executed by its path.
    package let file: HeldFile?

    /// Finds the program of a product's packages on this host.
    ///
    /// - Throws: ``MySQLError/executable(_:reason:)`` where others than root could have changed the program; `HostError`
    ///   where it is not installed.
    package init(_ purpose: Purpose, of server: Server) throws {
        let identity = try ServerIdentity(version: server.version, comment: server.flavour)
        let names = Self.names(purpose, isMariaDB: identity.isMariaDB)
        // The message names the last name.
        try self.init(at: names.lazy.compactMap { try? SearchPath.find($0) }.first ?? SearchPath.find(names[0]))
    }

    /// A program at a path of this host, symbolic links followed.
    ///
    /// - Throws: ``MySQLError/executable(_:reason:)`` where others than root could have changed the program, or a
    ///   directory on the way to it; `HostError`.
    package init(at path: String) throws {
        let program = try ProcessProgram(FileSystem.realPath(path), seenBy: nil)
        do { try program.checkOwnership() } catch HostError.malformed(let place, let reason) {
            throw MySQLError.executable(program.path, reason: "\"\(place)\": \(reason)")
        }
        self.path = program.path
        file = try program.isScript ? nil : program.file
    }

    /// MariaDB's releases before 10.4.6 have the old names alone.
    private static func names(_ purpose: Purpose, isMariaDB: Bool) -> [String] {
        switch purpose {
        case .client: isMariaDB ? ["mariadb", "mysql"] : ["mysql"]
        case .dump: isMariaDB ? ["mariadb-dump", "mysqldump"] : ["mysqldump"]
        case .binlog: isMariaDB ? ["mariadb-binlog", "mysqlbinlog"] : ["mysqlbinlog"]
        case .innodbCheck: ["innochecksum"]
        case .ariaCheck: ["aria_chk"]
        case .myisamCheck: ["myisamchk"]
        }
    }
}
