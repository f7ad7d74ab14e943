import Host
import Lifecycle
import MySQL

#if canImport(Glibc)
    import Glibc
#endif

/// The flavour and version of the server that is installed on this host.
struct InstalledServer: Equatable, Sendable {
    /// "mariadb" or "mysql".
    var flavour: String
    /// As the server prints it, such as "10.11.14-MariaDB-0+deb12u2".
    var version: String

    /// Asks the installed server's program; nil where there is none.
    ///
    /// The program runs without rights: a set of another user decides when it is asked.
    ///
    /// - Throws: `MySQLError` where users other than root could have changed the program; `HostError` where it does not
    ///   answer.
    static func find(
        commands: Commands = .system,
        in directories: [String] = SearchPath.directories
    ) async throws -> InstalledServer? {
        for name in ["mariadbd", "mysqld"] {
            let path: String
            do { path = try SearchPath.find(name, in: directories) } catch HostError.commandNotFound { continue }
            let program = try ServerProgram(at: path)
            var command = Command(program.path, ["--no-defaults", "--version"], deadline: .seconds(20), user: nobody)
            command.program = program.file
            command.isConfined = true
            if let found = InstalledServer(answer: try await commands.checked(command).output) { return found }
        }
        return nil
    }

    /// Debian's "nobody" and "nogroup"; nil where this process cannot become another user.
    private static var nobody: Command.User? { geteuid() == 0 ? Command.User(uid: 65534, gid: 65534) : nil }

    /// Why the data of a server is not for the installed one, and what to do; nil where it is.
    ///
    /// - Parameter find: looks for the installed server.
    /// - Throws: `CancellationError`.
    static func refusal(
        ofFlavour flavour: String,
        _ version: String,
        find: @Sendable () async throws -> InstalledServer? = { try await .find() }
    ) async throws -> (why: String, advice: String)? {
        do {
            guard let why = try await find()?.refusal(ofFlavour: flavour, version) else { return nil }
            return (why, "install a server of that version, or add --any-server")
        } catch let error as any ExplainedError {
            let why = "cannot ask the installed server for its version: \(error.failure.message)"
            return (why, "see to it that root alone can change its program and its directories, or add --any-server")
        }
    }

    /// - Parameter answer: such as "mysqld  Ver 9.7.4 for Linux on x86_64 (MySQL Community Server - GPL)".
    init?(answer: String) {
        let words = answer.split(separator: " ")
        guard let place = words.firstIndex(of: "Ver"), place + 1 < words.endIndex else { return nil }
        version = String(words[place + 1])
        flavour = answer.contains("MariaDB") ? "mariadb" : "mysql"
    }

    /// Why data of a server of this flavour and version is not for this one; nil where it is.
    func refusal(ofFlavour backedUpFlavour: String, _ backedUpVersion: String) -> String? {
        let backedUp = "\(backedUpFlavour) \(backedUpVersion)"
        let isMariaDB = backedUpFlavour.lowercased() == "mariadb"
        guard isMariaDB == (flavour == "mariadb") else {
            return "the installed server is \(flavour) \(version), the data is of \(backedUp)"
        }
        guard Self.numbers(version).lexicographicallyPrecedes(Self.numbers(backedUpVersion)) else { return nil }
        return "the installed server is \(flavour) \(version), which is older than \(backedUp)"
    }

    /// The first three numbers of a version.
    private static func numbers(_ version: String) -> [Int] {
        let digits = version.prefix { $0.isNumber || $0 == "." }
        return digits.split(separator: ".").prefix(3).compactMap { Int($0) }
    }
}
