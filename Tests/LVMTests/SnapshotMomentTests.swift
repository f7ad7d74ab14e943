import Host
import Lifecycle
import Testing

@testable import LVM

@Suite struct SnapshotMomentTests {
    private typealias State = [String: MappedDevice]

    private static let plan = SnapshotPlan(
        group: "vg-0",
        origin: "mysql",
        name: "mysql_snapshot-1",
        extents: 10,
        tags: RunTags(
            run: "r",
            identity: Identity(host: "h", machine: "m", boot: "b", pidNamespace: 1, pid: 1, startTime: 1),
            origin: "vg-0/mysql"
        )
    )
    private static let origin = "vg--0-mysql"
    private static let snapshot = "vg--0-mysql_snapshot--1"

    /// The answers of device-mapper at each moment of an lvcreate, as traced with LVM 2.03.31.
    private static let passage: [State] = [
        [origin: MappedDevice(isSuspended: false, target: "linear", below: "8:0")],
        // The snapshot has a table that is not in force yet.
        [
            origin: MappedDevice(isSuspended: false, target: "linear", below: "8:0"),
            snapshot: MappedDevice(isSuspended: false, target: nil),
        ],
        [
            origin: MappedDevice(isSuspended: true, target: "linear", below: "8:0"),
            snapshot: MappedDevice(isSuspended: false, target: nil),
        ],
        [
            origin: MappedDevice(isSuspended: true, target: "linear", below: "8:0"),
            snapshot: MappedDevice(isSuspended: false, target: "snapshot", below: "254:1"),
        ],
        [
            origin: MappedDevice(isSuspended: true, target: "snapshot-origin", below: "254:1"),
            snapshot: MappedDevice(isSuspended: false, target: "snapshot", below: "254:1"),
        ],
        [
            origin: MappedDevice(isSuspended: false, target: "snapshot-origin", below: "254:1"),
            snapshot: MappedDevice(isSuspended: false, target: "snapshot", below: "254:1"),
        ],
    ]

    private func moment(_ state: State) throws -> SnapshotMoment {
        let isMade = Box(false)
        defer { isMade.value = true }
        let moment = SnapshotMoment(of: Self.plan) { isMade.value ? state[$0] : nil }
        return try #require(moment)
    }

    @Test func `passes when the origin is resumed, and not before`() throws {
        for (step, state) in Self.passage.enumerated() {
            #expect(try moment(state).hasPassed() == (step == Self.passage.count - 1), "\(step)")
        }
    }

    @Test func `an origin with an older snapshot has not passed before it was suspended`() throws {
        var state = Self.passage[1]
        state[Self.origin] = MappedDevice(isSuspended: false, target: "snapshot-origin", below: "254:1")
        #expect(try !moment(state).hasPassed())
    }

    @Test func `no state passes in which any part is missing`() throws {
        let whole = Self.passage[5]
        let spoilings: [(inout MappedDevice) -> Void] = [
            { $0.isSuspended = true }, { $0.target = nil }, { $0.target = "linear" }, { $0.target = "error" },
            { $0.below = "" }, { $0.below = "254:9" },
        ]
        for device in [Self.origin, Self.snapshot] {
            for (index, spoil) in spoilings.enumerated() {
                var state = whole
                spoil(&state[device]!)
                #expect(try !moment(state).hasPassed(), "\(device) \(index)")
            }
            var state = whole
            state[device] = nil
            #expect(try !moment(state).hasPassed(), "\(device)")
        }
    }

    @Test func `a device of that name from before, an error, and a thin snapshot give no moment`() {
        #expect(SnapshotMoment(of: Self.plan) { _ in MappedDevice(isSuspended: false, target: "snapshot") } == nil)
        #expect(SnapshotMoment(of: Self.plan) { _ in throw HostError.malformed("", reason: "") } == nil)
        var thin = Self.plan
        thin.pool = "pool"
        #expect(SnapshotMoment(of: thin) { _ in nil } == nil)
    }

    @Test func `an error ends the wait, and so does the end of lvcreate`() throws {
        let isMade = Box(false)
        let failing = SnapshotMoment(of: Self.plan) { _ in
            if isMade.value { throw HostError.malformed("device-mapper", reason: "gone") }
            return nil
        }
        isMade.value = true
        #expect(throws: HostError.self) { try #require(failing).wait {} }
        let flag = CancellationFlag()
        let never = SnapshotMoment(of: Self.plan) { _ in nil }
        #expect(throws: CancellationError.self) {
            try flag.perform { try #require(never).wait { flag.set() } }
        }
    }
}

/// A value that a test changes between two questions.
private final class Box: @unchecked Sendable {
    var value: Bool

    init(_ value: Bool) { self.value = value }
}
