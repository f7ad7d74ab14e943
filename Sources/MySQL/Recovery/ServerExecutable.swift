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
            let program = try ProcessProgram(Self.found(option), seenBy: pid)
            path = program.path
            file = try program.isScript ? nil : program.file
            return
        }
        let program =
            try pid.map { try ProcessProgram(of: $0) }
            ?? ProcessProgram(Self.found(reading.identity.isMariaDB ? "mariadbd" : "mysqld"), seenBy: nil)
        do { try program.checkOwnership() } catch HostError.malformed(let place, let reason) {
            throw MySQLError.executable(program.path, reason: "\"\(place)\": \(reason)")
        }
        (path, file) = (program.path, program.file)
    }

    private static func found(_ name: String) throws -> String {
        name.contains("/") ? name : try SearchPath.find(name)
    }
}
