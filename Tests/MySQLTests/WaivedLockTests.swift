import Lifecycle
import Synchronization
import TestSupport
import Testing

@testable import MySQL

/// A hook's lock that locks nothing, under the rules of the plan "none".
@Suite struct WaivedLockTests {
    private static let position = Coordinates.Position(file: "binlog.000007", position: 825)
    private static let doubt = "no lock was taken: changes went on while the snapshot was made"

    private let mine = Lock(plan: "mine", reason: "the snapshot is atomic")

    @Test func `it has the plan, the doubt and the inconsistency of a run without a lock`() {
        let lock = mine.waived(from: Lock(plan: "none", reason: "asked for"), "2 tables are MyISAM, not InnoDB")
        #expect(lock.plan == "none")
        #expect(lock.reason == "the snapshot is atomic")
        #expect(lock.isWaived)
        #expect(lock.inconsistency == "2 tables are MyISAM, not InnoDB")
        #expect(lock.coordinates == nil)
    }

    @Test func `its coordinates are inexact, those of a replica's channels too`() {
        var lock = mine
        lock.coordinates = Coordinates(binlog: Self.position)
        #expect(lock.waived(from: nil, nil).coordinates?.inexactBecause == Self.doubt)
        var builtIn = Lock(plan: "none", reason: "asked for")
        builtIn.coordinates = Coordinates(inexactBecause: "replication went on while the snapshot was taken")
        #expect(mine.waived(from: builtIn, nil).coordinates == builtIn.coordinates)
    }

    @Test func `the copy tells its coordinates`() throws {
        #expect(CopiedCoordinates.isNeeded(by: mine.waived(from: nil, nil)))
        #expect(!CopiedCoordinates.isNeeded(by: mine))
        #expect(!CopiedCoordinates.isNeeded(by: nil))
    }

    @Test func `a hook's lock with a release is not touched`() async throws {
        let steps = MySQLDatabase(options: MySQLOptions())
        let held = Lock(plan: "mine", reason: "x", release: Release("lock") {})
        let seen = try await steps.lockStep.completed(held)
        #expect(seen?.plan == "mine" && seen?.isWaived == false)
    }

    @Test func `a lock without a release locks nothing`() async throws {
        let seen = try await MySQLDatabase(options: MySQLOptions()).lockStep.completed(mine)
        #expect(seen?.plan == "none" && seen?.isWaived == true)
    }
}

extension LockStep {
    /// The lock of a run in which a hook returns `lock`.
    fileprivate func completed(_ lock: Lock) async throws -> Lock? {
        var hooks = HookTable()
        hooks.provide(.preflight) { _ in }
        hooks.replace(.connect) { _ in
            .result(Connection(server: Server(flavour: "postgresql", version: "17", datadir: "/d")))
        }
        hooks.provide(.locate) { _ in Location(volume: .fake, paths: []) }
        hooks.provide(.prepare) { _ in }
        hooks.provide(.flush) { _ in }
        hooks.replace(.lock) { _ in .result(lock) }
        hooks.provide(.lock, by: self)
        let seen = Mutex<Lock?>(nil)
        hooks.before(.snapshot) { run in
            seen.withLock { $0 = run.lock }
            return .veto("enough")
        }
        let outcome = await Engine(hooks: hooks, options: EngineOptions(), environment: .fake).run()
        #expect(outcome.failure?.kind == .vetoed)
        return seen.withLock { $0 }
    }
}
