import Glibc
import Host
import Lifecycle
import TestSupport
import Testing

@testable import MySQL

@Suite(.enabled(if: geteuid() == 0, "needs root")) struct ServerAccountTests {
    private func owner(_ uid: UInt32, _ gid: UInt32) throws -> FileIdentity {
        let scratch = try ScratchDirectory()
        mkdir(scratch.path + "/data", 0o700)
        chown(scratch.path + "/data", uid, gid)
        return try FileIdentity(of: scratch.path + "/data")
    }

    private func live(_ user: Command.User) throws -> IsolatedProcess {
        var plan = IsolatedProcess.Plan("sleep", ["30"])
        plan.user = user
        return try IsolatedProcess(plan)
    }

    @Test func `user and groups are the live process's, not the group of the directory`() async throws {
        let server = try live(.init(uid: 65533, gid: 65532, groups: [65531, 0]))
        let account = try ServerAccount(of: server.pid, owner: owner(65533, 0))
        await server.terminate()
        #expect([account.uid, account.gid] == [65533, 65532])
        #expect(account.groups == [65531])
        #expect(account.user == Command.User(uid: 65533, gid: 65532, groups: [65531]))
    }

    @Test(arguments: [0, 1] as [UInt32]) func `data of another user than the server's is refused`(uid: UInt32)
        async throws
    {
        let server = try live(.init(uid: 65533, gid: 65532))
        let owner = try owner(uid, 0)
        let pid = server.pid
        #expect(throws: MySQLError.self) { try ServerAccount(of: pid, owner: owner) }
        await server.terminate()
    }

    @Test(arguments: [true, false], [0, 65533, 65534] as [UInt32])
    func `a directory of another user is not backed up, recovered or not`(recovers: Bool, uid: UInt32) async throws {
        let scratch = try ScratchDirectory()
        mkdir(scratch.path + "/data", 0o700)
        chown(scratch.path + "/data", uid, 0)
        let server = try live(.init(uid: 65533, gid: 65532))
        var reading = ServerReading(
            identity: try ServerIdentity(version: "9.7.4", comment: ""),
            variables: ServerVariables(["datadir": scratch.path + "/data"]),
            inventory: Inventory(files: []),
            plugins: []
        )
        reading.process = ServerProcess(pid: server.pid, startTime: server.startTime, openFiles: [])
        let step = ConnectStep(context: MySQLContext(options: MySQLOptions()))
        var refusal: MySQLError?
        do { try await step.proveRights(reading, recovers: recovers) } catch let error as MySQLError { refusal = error }
        await server.terminate()
        #expect((refusal == nil) == (uid == 65533))
        #expect(refusal?.message.contains("belongs to user \(uid)") ?? true)
    }

    @Test func `root's rights are never taken from the owner of the data`() throws {
        let roots = try owner(0, 0)
        #expect(throws: MySQLError.self) { try ServerAccount(of: nil, owner: roots) }
        let others = try ServerAccount(of: nil, owner: owner(65533, 0))
        #expect(others.uid == 65533)
        #expect(others.gid != 0)
    }

    @Test(arguments: [(0, nil), (0, 0), (65533, nil), (65534, 65533)] as [(UInt32, UInt32?)])
    func `the owner of a set's data has to be an account of a server`(uid: UInt32, accepted: UInt32?) throws {
        let owner = try owner(uid, 6)
        #expect(throws: MySQLError.self) { try ServerAccount(ofSet: owner, accepting: accepted) }
    }

    @Test func `an account gets its own group, not that of the data`() throws {
        let account = try ServerAccount(ofSet: owner(65534, 6), accepting: 65534)
        #expect([account.uid, account.gid] == [65534, 65534])
        #expect(account.groups == [])
        #expect(try ServerAccount(of: nil, owner: owner(65534, 6)).gid == 65534)
    }

    @Test func `root's group is not given to another user`() async throws {
        let server = try live(.init(uid: 65533, gid: 0))
        let account = try ServerAccount(of: server.pid, owner: owner(65533, 0))
        await server.terminate()
        #expect(account.gid == 65534)
        #expect(account.groups == [])
    }

    @Test func `a server of root's is recovered as root`() async throws {
        let server = try live(.init(uid: 0, gid: 0))
        let account = try ServerAccount(of: server.pid, owner: owner(0, 0))
        await server.terminate()
        #expect([account.uid, account.gid] == [0, 0])
        #expect(account.user == nil)
    }

    /// Kubernetes gives a volume to root and to the group of `fsGroup`.
    @Test(
        arguments: [
            (0, 65532, 0o2775, 65533, true), (0, 65531, 0o770, 65533, true), (0, 65531, 0o2777, 65533, true),
            // Not writable for the group, no group of the server's, or root's group.
            (0, 65532, 0o755, 65533, false), (0, 65530, 0o2775, 65533, false), (0, 0, 0o2775, 65533, false),
            // The files are another user's, or unknown.
            (0, 65532, 0o2775, 0, false), (0, 65532, 0o2775, 65534, false), (0, 65532, 0o2775, nil, false),
            // Another user's directory.
            (65534, 65532, 0o2775, 65533, false),
        ] as [(UInt32, UInt32, mode_t, UInt32?, Bool)]
    )
    func `a directory of root's is the server's where a group lets it write`(
        uid: UInt32,
        gid: UInt32,
        mode: mode_t,
        file: UInt32?,
        isAccepted: Bool
    ) async throws {
        let scratch = try ScratchDirectory()
        let path = scratch.path + "/data"
        try #require(mkdir(path, 0o700) == 0 && chown(path, uid, gid) == 0 && chmod(path, mode) == 0)
        let server = try live(.init(uid: 65533, gid: 65532, groups: [65531, 0]))
        let pid = server.pid
        let (directory, made) = (try FileIdentity(of: path), try file.map { try owner($0, 0) })
        if isAccepted {
            let account = try ServerAccount(of: pid, owner: directory, of: made)
            #expect([account.uid, account.gid] == [65533, 65532] && account.groups == [65531])
        } else {
            #expect(throws: MySQLError.self) { try ServerAccount(of: pid, owner: directory, of: made) }
        }
        await server.terminate()
    }
}
