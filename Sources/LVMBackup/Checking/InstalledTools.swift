import Glibc
import Host
import Lifecycle
import MySQL

/// The programs and the confinement that restores, verifications and recoveries meet on this host.
struct InstalledTools: Sendable {
    private let server: Server
    private let processes: String

    /// - Parameter processes: another directory than /proc, for tests.
    init(_ server: Server, processes: String = "/proc") {
        self.server = server
        self.processes = processes
    }

    /// The modes behind the name of a profile that denies something.
    private static let enforcing = [" (enforce)", " (kill)", " (mixed)"]

    func findings() -> [CheckFinding] { [programs] + confinement }

    /// Backups need none of them.
    private var programs: CheckFinding {
        let isMariaDB = server.flavour == Flavour.mariadb.rawValue
        let uses: [(ServerProgram.Purpose, String)] = [
            (.client, "open"), (.dump, "dump"), (.binlog, "restore --until"),
            (.innodbCheck, "verify --level structure"),
            (.myisamCheck, "verify --level structure"),
        ]
        var missing: [String] = []
        for (purpose, use) in uses + (isMariaDB ? [(.ariaCheck, "verify --level structure")] : []) {
            do { _ = try ServerProgram(purpose, of: server) } catch {
                missing.append("\(Failure(error).message), for \"\(use)\"")
            }
        }
        guard !missing.isEmpty else {
            return CheckFinding("tools", .ok, "those of restores and verifications are there")
        }
        let package = isMariaDB ? "mariadb-client and mariadb-server" : "the client and server packages of MySQL"
        return CheckFinding("tools", .warning, missing.joined(separator: "; "), advice: "install \(package)")
    }

    /// An enforced profile of the server may hold for its recovery server, too: the kernel decides by the program.
    var confinement: [CheckFinding] {
        guard let pid = server.process?.pid else { return [] }
        // A kernel without AppArmor has no such file, or one that cannot be read.
        let bytes = (try? readFile("\(processes)/\(pid)/attr/current")) ?? []
        let label = String(decoding: bytes.prefix { $0 != 0 && $0 != UInt8(ascii: "\n") }, as: UTF8.self)
        guard let mode = Self.enforcing.first(where: label.hasSuffix) else { return [] }
        return [
            CheckFinding(
                "confinement",
                .warning,
                "AppArmor confines the server by the profile \"\(label.dropLast(mode.count))\"",
                advice: "if the recovery fails with errno 13: allow /run/lvmbackup-*/** rwk in the profile's local file"
            )
        ]
    }
}
