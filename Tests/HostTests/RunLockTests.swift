import Glibc
import Host
import TestSupport
import Testing

struct RunLockTests {
    let directory: ScratchDirectory

    init() throws { directory = try ScratchDirectory() }

    func lock(_ name: String, run: String = "r1") throws -> RunLock {
        try RunLock(name, owner: .init(run: run, pid: 7, since: 1), directory: directory.path)
    }

    @Test func `a second run gets the owner of the lock`() throws {
        let first = try lock("vg0/mysql")
        let owner = RunLock.Owner(run: "r1", pid: 7, since: 1)
        #expect(throws: HostError.locked("vg0/mysql", owner: owner)) { try lock("vg0/mysql", run: "r2") }
        #expect(try !RunLock.isFree("vg0/mysql", directory: directory.path))
        first.release()
        #expect(try RunLock.isFree("vg0/mysql", directory: directory.path))
        _ = try lock("vg0/mysql", run: "r2")
    }

    @Test func `the lock goes with its owner, and other volumes are free`() throws {
        do {
            let first = try lock("a")
            #expect(try RunLock.isFree("b", directory: directory.path))
            withExtendedLifetime(first) {}
        }
        #expect(try RunLock.isFree("a", directory: directory.path))
    }

    @Test func `a name cannot leave the directory`() throws {
        #expect(try lock("../../etc/x y").path == directory.path + "/..:..:etc:x%20y.lock")
    }

    @Test func `volumes with similar names have different locks`() throws {
        let locks = try ["a/b_c", "a_b/c", "a/b+c", "a/b.c", "a/b-c"].map { try lock($0) }
        #expect(Set(locks.map(\.path)).count == locks.count)
    }

    private func stale() async throws -> [String] {
        var names: [String] = []
        try await RunLock.forEachStale(in: directory.path) { names.append($0.name) }
        return names
    }

    @Test func `a lock whose run could not put things in order is stale, too`() async throws {
        let lock = try lock("vg0/frozen")
        lock.markStale()
        lock.release()
        #expect(try RunLock.isFree("vg0/frozen", directory: directory.path))
        #expect(try await stale() == ["vg0/frozen"])
    }

    @Test func `the lock of a run that died is stale until somebody has put things in order`() async throws {
        let living = try lock("vg0/living")
        try lock("vg0/ended").release()
        _ = try lock("vg0/dead", run: "r2")
        #expect(try await stale() == ["vg0/dead"])
        try await RunLock.forEachStale(in: directory.path) { (lock: RunLock) async throws in
            let free = try RunLock.isFree("vg0/dead", directory: directory.path)
            #expect(!free)
            lock.release()
        }
        #expect(try await stale() == [])
        #expect(try RunLock.isFree("vg0/dead", directory: directory.path))
        living.release()
    }

    @Test func `a guardian clears the locks of its own run`() throws {
        let (mine, other) = (try lock("vg0/mine"), try lock("vg0/other", run: "r2"))
        #expect(try RunLock.names(heldBy: "r1", in: directory.path) == ["vg0/mine"])
        try RunLock.clear("vg0/other", of: "r1", in: directory.path)
        #expect(try RunLock.names(heldBy: "r2", in: directory.path) == ["vg0/other"])
        try RunLock.clear("vg0/mine", of: "r1", in: directory.path)
        #expect(try RunLock.names(heldBy: "r1", in: directory.path).isEmpty)
        #expect(try !RunLock.isFree("vg0/mine", directory: directory.path))
        withExtendedLifetime((mine, other)) {}
    }

    @Test func `a directory that others can enter is made private`() throws {
        chmod(directory.path, 0o755)
        _ = try lock("a")
        #expect(try FileIdentity(of: directory.path).mode & 0o777 == 0o700)
    }
}
