import Host

/// The flavour and version of the server that is installed on this host.
struct InstalledServer: Equatable, Sendable {
    /// "mariadb" or "mysql".
    var flavour: String
    /// As the server prints it, such as "10.11.14-MariaDB-0+deb12u2".
    var version: String

    /// Asks the installed server's program; nil where there is none.
    ///
    /// - Throws: `HostError` where it does not answer.
    static func find(commands: Commands = .system) async throws -> InstalledServer? {
        for name in ["mariadbd", "mysqld"] {
            // A program that is missing is no server.
            guard let path = try? SearchPath.find(name) else { continue }
            let command = Command(path, ["--no-defaults", "--version"], deadline: .seconds(20))
            if let found = InstalledServer(answer: try await commands.checked(command).output) { return found }
        }
        return nil
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
