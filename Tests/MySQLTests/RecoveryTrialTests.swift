import Glibc
import Host
import Lifecycle
import TestSupport
import Testing

@testable import MySQL

@Suite(.enabled(if: geteuid() == 0, "needs root")) struct RecoveryTrialTests {
    private let scratch: ScratchDirectory

    init() throws {
        scratch = try ScratchDirectory()
        chmod(scratch.path, 0o755)
        mkdir(scratch.path + "/data", 0o700)
    }

    /// A trial of a program in the place of the server's, as an unprivileged user.
    private func attempt(
        _ program: String,
        variables: [String: String] = [:],
        plugins: [String] = [],
        files: [DataFile] = []
    ) async throws {
        var plan = IsolatedProcess.Plan("sleep", ["30"])
        plan.user = .init(uid: 65533, gid: 65532)
        let server = try IsolatedProcess(plan)
        var reading = ServerReading(
            identity: try ServerIdentity(version: "9.7.4", comment: ""),
            variables: ServerVariables(variables.merging(["datadir": scratch.path + "/data"]) { $1 }),
            inventory: Inventory(files: files),
            plugins: plugins
        )
        reading.process = ServerProcess(pid: server.pid, startTime: server.startTime, openFiles: [])
        chown(scratch.path + "/data", 65533, 65532)
        let trial = RecoveryTrial(
            reading: reading,
            executable: try ServerExecutable(named: program, seenBy: server.pid),
            account: try ServerAccount(of: server.pid, owner: FileIdentity(of: scratch.path + "/data")),
            run: "20261129T010203Z-abcd"
        )
        let result: Result<Void, any Error>
        do { result = .success(try await trial.perform()) } catch { result = .failure(error) }
        await server.terminate()
        try result.get()
    }

    @Test func `a program that answers is accepted`() async throws {
        try await attempt("/bin/true")
    }

    @Test func `a program that fails is refused before the lock`() async throws {
        let error = await #expect(throws: MySQLError.self) { try await attempt("/bin/false") }
        #expect(error?.message.contains("\"--version\", started like the recovery server, ended with status 1") == true)
        #expect(error?.failure.kind == .unsuitable)
    }

    /// As a program in a chroot of its own, or with a library's path in the environment of its service.
    @Test func `a program whose loader is missing is refused with the reason`() async throws {
        let loader = Array("/lib64/ld-linux-x86-64.so.2".utf8)
        var bytes = try readFile("/bin/true")
        let place = try #require(bytes.indices.first { bytes[$0...].starts(with: loader) }, "no loader is named")
        bytes[place + 1] = UInt8(ascii: "x")
        let file = try HeldDirectory(scratch.path).create("mysqld", mode: 0o755)
        try file.write(bytes, at: 0)
        let path = scratch.path + "/mysqld"
        let error = await #expect(throws: MySQLError.self) { try await attempt(path) }
        #expect(error?.message.contains("\"\(path)\": it cannot be started") == true)
        #expect(error?.failure.kind == .unsuitable)
    }

    @Test func `a script that the operator names is not tried`() async throws {
        let file = try HeldDirectory(scratch.path).create("mysqld", mode: 0o755)
        try file.write(Array("#!/bin/false\n".utf8), at: 0)
        try await attempt(scratch.path + "/mysqld")
    }

    /// The volume of the data, with a place on it, a volume mounted below it, and a volume elsewhere.
    @Test(arguments: [("vol/own", true), ("vol/nested", false), ("beside", true)])
    func `a library or key file on a volume below the data's volume is refused`(place: String, isSeen: Bool)
        async throws
    {
        let top = scratch.path
        for path in ["/vol", "/beside"] { mkdir(top + path, 0o755) }
        let script = """
            cd \(top) && mount -t tmpfs one vol && mkdir vol/data vol/own vol/nested && mount -t tmpfs two vol/nested \
            && mount -t tmpfs three beside && touch \(place)/ha_x.so && exec sleep 30
            """
        let server = try IsolatedProcess(.init("unshare", ["-m", "--propagation", "private", "sh", "-c", script]))
        let library = FileName("\(top)/\(place)/ha_x.so")
        #expect(try await eventually { try ProcessView(pid: server.pid).look(at: library) != nil })
        for isKey in [false, true] {
            var reading = ServerReading(
                identity: try ServerIdentity(version: "9.7.4", comment: ""),
                variables: ServerVariables(["datadir": top + "/vol/data", "plugin_dir": "\(top)/\(place)/"]),
                inventory: Inventory(files: isKey ? [DataFile(role: .keyring, path: library.description)] : []),
                plugins: isKey ? [] : ["ha_x.so"]
            )
            reading.process = ServerProcess(pid: server.pid, startTime: server.startTime, openFiles: [])
            let trial = RecoveryTrial(
                reading: reading,
                executable: try ServerExecutable(named: "/bin/true", seenBy: server.pid),
                account: try ServerAccount(of: server.pid, owner: FileIdentity(of: "/")),
                run: "20261129T010203Z-abcd"
            )
            let error: (any Error)?
            do {
                try await trial.perform()
                error = nil
            } catch let caught { error = caught }
            #expect((error == nil) == isSeen, "\(error.map { "\($0)" } ?? "accepted")")
            #expect(isSeen || (error as? MySQLError)?.message.contains("\"\(library)\"") == true)
        }
        await server.terminate()
    }
}
