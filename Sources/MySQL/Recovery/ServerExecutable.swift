import Host
import Lifecycle

/// The program of the recovery server: the live server's own, since the copy is upgraded by no other release.
struct ServerExecutable: Sendable {
    /// As the server's root directory shows it.
    let path: String
    /// Executed by descriptor; nil for a script, which is executed by its path.
    let file: HeldFile?

    /// - Parameters:
    ///   - option: the program that the operator names, as the server's root directory shows it.
    ///   - reading: tells the live server's process, where it is known.
    /// - Throws: ``MySQLError/executable(_:reason:)`` where others than root could have changed the program; `HostError`.
    init(_ option: String?, of reading: ServerReading) throws {
        let pid = reading.process?.pid
        if let option {
            try self.init(named: option, seenBy: pid)
        } else if let pid {
            try self.init(proven: ProcessProgram(of: pid))
        } else {
            try self.init(installedFor: reading.identity)
        }
    }

    /// The program that is installed on this host for a product.
    ///
    /// - Throws: ``MySQLError/executable(_:reason:)`` where others than root could have changed the program; `HostError`.
    init(installedFor identity: ServerIdentity) throws {
        let name = identity.isMariaDB ? "mariadbd" : "mysqld"
        let program = try ServerProgram(at: SearchPath.find(name))
        (path, file) = (program.path, program.file)
    }

    /// A program that the operator names, which may be a script.
    ///
    /// - Throws: `HostError`.
    init(named option: String, seenBy pid: Int32?) throws {
        let program = try ProcessProgram(SearchPath.find(option), seenBy: pid)
        path = program.path
        file = try program.isScript ? nil : program.file
    }

    private init(proven program: ProcessProgram) throws {
        do { try program.checkOwnership() } catch HostError.malformed(let place, let reason) {
            throw MySQLError.executable(program.path, reason: "\"\(place)\": \(reason)")
        }
        (path, file) = (program.path, program.file)
    }
}
