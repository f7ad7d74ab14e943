import FoundationEssentials
import Host
import MySQL
import Testing

@testable import LVMBackup

#if canImport(Glibc)
    import Glibc
#endif

/// Programs in directories of a test, as root.
@Suite(.enabled(if: geteuid() == 0, "needs root")) struct InstalledServerTests {
    /// A directory to which no other user can write.
    private let top: String

    init() throws {
        top = try FileSystem.createPrivateDirectory(in: "/run", prefix: "lvmbackup-test-")
        chmod(top, 0o755)
        for name in ["bin", "elsewhere"] { mkdir("\(top)/\(name)", 0o755) }
    }

    /// A program that tells its user, and makes a file where it may.
    private func plant(_ path: String) throws {
        let script = """
            #!/bin/sh
            touch "\(top)/mark"
            echo "$0  Ver 10.11.14-MariaDB for u$(id -u):g$(id -G) on x86_64"

            """
        try Data(script.utf8).write(to: URL(filePath: path))
        chmod(path, 0o755)
    }

    private func find() async throws -> InstalledServer? { try await .find(in: [top + "/bin"]) }

    private func remove() throws { try FileManager.default.removeItem(atPath: top) }

    private var isMarked: Bool { access(top + "/mark", F_OK) == 0 }

    @Test func `the program of root is asked, without rights`() async throws {
        try plant(top + "/bin/mariadbd")
        #expect(try await find()?.version == "10.11.14-MariaDB")
        #expect(!isMarked)
        try remove()
    }

    @Test(arguments: ["owned", "link", "writable directory", "directory of a link"])
    func `a program that others can change is refused and not started`(kind: String) async throws {
        let program = top + "/bin/mariadbd"
        // The next name is no way out.
        try plant(top + "/bin/mysqld")
        switch kind {
        case "owned":
            try plant(program)
            chown(program, 65534, 65534)
        case "writable directory":
            try plant(program)
            chmod(top + "/bin", 0o777)
        default:
            try plant(top + "/elsewhere/mariadbd")
            symlink(top + "/elsewhere/mariadbd", program)
            chown(top + "/elsewhere" + (kind == "link" ? "/mariadbd" : ""), 65534, 65534)
        }
        await #expect(throws: MySQLError.self) { try await find() }
        let refusal = try await InstalledServer.refusal(ofFlavour: "mariadb", "10.11.14-MariaDB", find: find)
        #expect(refusal?.why.contains(top) == true)
        #expect(refusal?.advice.contains("--any-server") == true)
        #expect(!isMarked)
        try remove()
    }

    @Test func `a host without a server has none`() async throws {
        #expect(try await find() == nil)
        try remove()
    }
}
