import Glibc
import Host
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

    @Test func `root's rights are never taken from the owner of the data`() throws {
        let roots = try owner(0, 0)
        #expect(throws: MySQLError.self) { try ServerAccount(of: nil, owner: roots) }
        let others = try ServerAccount(of: nil, owner: owner(65533, 0))
        #expect(others.uid == 65533)
        #expect(others.gid != 0)
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
}
