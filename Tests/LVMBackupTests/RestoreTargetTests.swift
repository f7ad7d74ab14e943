import Archive
import Foundation
import Glibc
import TestSupport
import Testing

@testable import LVMBackup

@Suite struct RestoreTargetTests {
    private let scratch: ScratchDirectory
    private var path: String { scratch.path }

    init() throws { scratch = try ScratchDirectory() }

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
        try scratch.directory("lost+found")
        #expect(await refusal(target(path)) == nil)
    }

    @Test func `a missing parent, a file and a directory with content are refused by name`() async throws {
        #expect(await refusal(target(path + "/missing/new"))?.contains("missing") == true)
        try scratch.write("", to: "file")
        #expect(await refusal(target(path + "/file"))?.contains("not a directory") == true)
        #expect(await refusal(target(path))?.contains("not empty") == true)
        #expect(await refusal(target(path, isForced: true)) == nil)
    }

    @Test(
        arguments: [
            (.max, 1), (1, .max), (-1, 1), (1, -1), (.max - 4095, 1), (1 << 62, 1 << 50),
        ] as [(Int64, Int)]
    )
    func `sizes of a set that make no sense are refused`(bytes: Int64, members: Int) async throws {
        let set = path + "/sets/daily"
        try FileManager.default.createDirectory(atPath: set, withIntermediateDirectories: true)
        for name in ["data.tar", "index.jsonl"] { try Data().write(to: URL(filePath: "\(set)/\(name)")) }
        let manifest = """
            {"format": "lvmbackup", "version": 1, "tool": "t", "run": "r", "host": "h", "unproven": [], "timings": {},
            "warnings": [], "started": "2026-01-01T00:00:00.000Z", "published": "2026-01-01T00:00:00.000Z",
            "archive": {"location": "data.tar", "bytes": 0, "source_bytes": \(bytes), "members": \(members),
            "compression": "none", "excludes": [], "outside": [], "parts": [
            {"name": "data.tar", "bytes": 0, "xxh3": ""}, {"name": "index.jsonl", "bytes": 0, "xxh3": ""}]}}
            """
        try Data(manifest.utf8).write(to: URL(filePath: set + "/manifest.json"))
        let files = try await SetPlace(destination: path + "/sets", name: "daily").open()
        await #expect(throws: ReadError.self) { try await target(path + "/new").check(for: files) }
    }

    @Test(.enabled(if: geteuid() == 0, "another user's directory needs root"))
    func `no link of another user leads to the target`() async throws {
        for name in ["elsewhere", "others", "own"] {
            try scratch.directory(name)
        }
        for name in ["others", "own"] {
            try #require(symlink("../elsewhere", "\(path)/\(name)/link") == 0)
            try #require(symlink("..", "\(path)/\(name)/up") == 0)
        }
        try #require(chown(path + "/others", 65_534, 65_534) == 0)
        for place in ["others/link", "others/link/new", "others/up/elsewhere", "others/link/"] {
            #expect(await refusal(target(path + "/" + place, isForced: true))?.contains("symbolic link") == true)
            #expect(throws: ReadError.self, "\(place)") { try target(path + "/" + place).make() }
        }
        for place in ["own/link", "own/link/new", "own/up/elsewhere"] {
            #expect(await refusal(target(path + "/" + place, isForced: true)) == nil, "\(place)")
            try target(path + "/" + place).make()
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: path + "/elsewhere") == ["new"])
    }

    @Test func `an unfinished restore of another set is refused`() async throws {
        try scratch.write("set other 00\n", to: ".lvmbackup-incomplete")
        #expect(await refusal(target(path))?.contains("unfinished") == true)
    }

    @Test func `data to which binary logs were being applied is refused, forced or not`() async throws {
        try scratch.write("replay on set other 00\n", to: ".lvmbackup-incomplete")
        for isForced in [false, true] {
            #expect(await refusal(target(path, isForced: isForced))?.contains("binary logs") == true)
        }
    }

    @Test func `a directory whose file is locked is refused, forced or not`() async throws {
        try scratch.write("", to: "aria_log_control")
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
