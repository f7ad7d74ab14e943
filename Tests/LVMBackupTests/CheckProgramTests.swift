import Archive
import FoundationEssentials
import Host
import Lifecycle
import MySQL
import Testing

@testable import LVMBackup

#if canImport(Glibc)
    import Glibc
#endif

/// Check programs that a test plants, on data of a test, as root.
@Suite(.enabled(if: FreshSet.isPossible, "needs root and an installed server"), .serialized)
struct CheckProgramTests {
    /// A directory to which no other user can write.
    private let top: String
    private var data: String { top + "/data" }

    init() throws {
        top = try FileSystem.createPrivateDirectory(in: "/run", prefix: "lvmbackup-test-")
        chmod(top, 0o755)
        mkdir(top + "/data", 0o700)
    }

    private func remove() throws { try FileManager.default.removeItem(atPath: top) }

    private func give(_ uid: UInt32, _ gid: UInt32) { #expect(chown(data, uid, gid) == 0) }

    /// A program of root's, with the text of a script.
    private func program(_ text: String) throws -> ServerProgram {
        try Data("#!/bin/sh\n\(text)\n".utf8).write(to: URL(filePath: top + "/check"))
        chmod(top + "/check", 0o755)
        return try ServerProgram(at: top + "/check")
    }

    private func run(
        _ program: ServerProgram,
        accepting user: UInt32? = nil,
        limit: Duration = .seconds(60)
    ) async throws -> CheckPrograms.End {
        let set = try await FreshSet()
        let manifest = try await set.place.hold().manifest
        withExtendedLifetime(set) {}
        let id = "test-\(UInt32.random(in: 0...UInt32.max))"
        let record = RunFile(run: id, directory: top + "/records")
        let undo = UndoRunner(commands: .system, database: Technologies(Configuration()).database)
        let ending = await ReleaseScope.run(runUndo: undo.run) { [data] scope in
            let data = RestoredData(
                manifest: manifest,
                recorded: try Server(manifest, of: "test"),
                path: data,
                run: id,
                executable: nil,
                acceptedUser: user,
                record: record,
                scope: scope
            )
            return try await CheckPrograms(for: data).run(program, ["./shop/t"], output: "output-1", limit: limit)
        }
        #expect(ending.leaked == [])
        return try ending.result.get()
    }

    @Test(arguments: [(0, 0), (65534, 65534), (0, 6)] as [(UInt32, UInt32)])
    func `no program runs as an owner that a set has chosen`(uid: UInt32, gid: UInt32) async throws {
        give(uid, gid)
        let program = try program("touch '\(top)/mark'")
        // Root is no user that an operator can accept.
        await #expect(throws: MySQLError.self) { try await run(program, accepting: uid == 0 ? 0 : nil) }
        #expect(access(top + "/mark", F_OK) != 0)
        try remove()
    }

    @Test func `a program gets the group of the account, not of the data`() async throws {
        let account = try #require(getpwnam("mysql")?.pointee)
        give(account.pw_uid, 6)
        let end = try await run(program("echo $(id -u) $(id -G)"))
        #expect(end.text == "\(account.pw_uid) \(account.pw_gid)")
        try remove()
    }

    @Test func `a user that the operator names is accepted`() async throws {
        give(65534, 6)
        #expect(try await run(program("id -u"), accepting: 65534).text == "65534")
        try remove()
    }

    @Test(arguments: ["kill -STOP $$", "trap '' TERM; while :; do :; done"])
    func `a program that does not end is killed, and its file is named`(text: String) async throws {
        give(65534, 65534)
        let program = try program(text)
        let error = await #expect(throws: HostError.self) {
            try await run(program, accepting: 65534, limit: .milliseconds(500))
        }
        #expect(error?.message.contains("./shop/t") == true)
        try remove()
    }

    @Test func `a program cannot fill the memory with its output`() async throws {
        give(65534, 65534)
        let end = try await run(program("sleep 1; exec cat /dev/zero"), accepting: 65534)
        #expect(end.status == .signalled(SIGXFSZ))
        try remove()
    }
}
