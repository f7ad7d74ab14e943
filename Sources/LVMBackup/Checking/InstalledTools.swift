import Glibc
import Host
import Lifecycle
import MySQL

/// The programs and the confinement that restores, verifications and recoveries meet on this host.
struct InstalledTools: Sendable {
    private let server: Server

    init(_ server: Server) { self.server = server }

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

    /// An enforced profile of the server holds for its recovery server, too.
    private var confinement: [CheckFinding] {
        guard let pid = server.process?.pid else { return [] }
        // A kernel without AppArmor has no such file, or one that cannot be read.
        let bytes = (try? HeldDirectory("/proc/\(pid)/attr").file("current").read(limit: 4096)) ?? []
        let label = String(decoding: bytes.prefix { $0 != 0 && $0 != UInt8(ascii: "\n") }, as: UTF8.self)
        guard label.hasSuffix(" (enforce)") else { return [] }
        return [
            CheckFinding(
                "confinement",
                .warning,
                "AppArmor confines the server by the profile \"\(label.dropLast(" (enforce)".count))\"",
                advice: "if the recovery fails with errno 13: allow /run/lvmbackup-*/** rwk in the profile's local file"
            )
        ]
    }
}
