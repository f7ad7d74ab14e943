import Archive
import Foundation
import Glibc
import Testing

@testable import LVMBackup

@Suite struct RestoreTargetTests {
    private let path: String

    init() throws {
        path = NSTemporaryDirectory() + "lvmbackup-target-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    private func target(_ path: String, isForced: Bool = false) -> RestoreTarget {
        RestoreTarget(path: path, isForced: isForced, keepsOwners: false, installedServer: { nil })
    }

    private func refusal(_ target: RestoreTarget) async -> String? {
        do { try await target.check(for: nil) } catch { return "\(error)" }
        return nil
    }

    @Test func `an empty directory and one to be made are accepted`() async throws {
        #expect(await refusal(target(path)) == nil)
        #expect(await refusal(target(path + "/new")) == nil)
        try FileManager.default.createDirectory(atPath: path + "/lost+found", withIntermediateDirectories: false)
        #expect(await refusal(target(path)) == nil)
        try FileManager.default.removeItem(atPath: path)
    }

    @Test func `a missing parent, a file and a directory with content are refused by name`() async throws {
        #expect(await refusal(target(path + "/missing/new"))?.contains("missing") == true)
        try Data().write(to: URL(filePath: path + "/file"))
        #expect(await refusal(target(path + "/file"))?.contains("not a directory") == true)
        #expect(await refusal(target(path))?.contains("not empty") == true)
        #expect(await refusal(target(path, isForced: true)) == nil)
        try FileManager.default.removeItem(atPath: path)
    }

    @Test func `an unfinished restore of another set is refused`() async throws {
        try Data("set other 00\n".utf8).write(to: URL(filePath: path + "/.lvmbackup-incomplete"))
        #expect(await refusal(target(path))?.contains("unfinished") == true)
        try FileManager.default.removeItem(atPath: path)
    }

    @Test func `a directory whose file is locked is refused, forced or not`() async throws {
        try Data().write(to: URL(filePath: path + "/aria_log_control"))
        // Another process holds the lock: the kernel does not show a process its own.
        let script =
            "import fcntl,os,time; f=open('aria_log_control','r+'); fcntl.lockf(f, fcntl.LOCK_EX); print(os.getpid(), flush=True); time.sleep(60)"
        let output = try #require(popen("cd '\(path)' && exec python3 -c \"\(script)\"", "r"))
        var line = [CChar](repeating: 0, count: 32)
        #expect(fgets(&line, 32, output) != nil)
        let pid = Int32(String(decoding: line.prefix { $0 > 32 }.map { UInt8(bitPattern: $0) }, as: UTF8.self))
        #expect(await refusal(target(path, isForced: true))?.contains("aria_log_control") == true)
        if let pid { kill(pid, SIGKILL) }
        pclose(output)
        try FileManager.default.removeItem(atPath: path)
    }

    @Test(arguments: [
        (
            "mariadbd  Ver 10.11.14-MariaDB-0+deb12u2 for debian-linux-gnu on x86_64 (Debian 12)", "mariadb",
            "10.11.14-MariaDB"
        ),
        ("mysqld  Ver 9.7.4 for Linux on x86_64 (MySQL Community Server - GPL)", "mysql", "9.7.4"),
    ])
    func `the installed server is read from its answer`(answer: String, flavour: String, version: String) throws {
        let server = try #require(InstalledServer(answer: answer))
        #expect(server.flavour == flavour)
        #expect(server.version.hasPrefix(version))
    }

    @Test(arguments: [
        ("mariadb", "10.11.14-MariaDB", true), ("mariadb", "10.11.13", true), ("mariadb", "10.11.15", false),
        ("mariadb", "11.4.2", false), ("mariadb", "10.6.30", true), ("mysql", "8.0.36", false),
    ])
    func `data of another flavour or a newer version is not for the installed server`(
        flavour: String,
        version: String,
        isAccepted: Bool
    ) throws {
        let installed = try #require(InstalledServer(answer: "mariadbd  Ver 10.11.14-MariaDB for debian"))
        #expect((installed.refusal(ofFlavour: flavour, version) == nil) == isAccepted)
    }
}
