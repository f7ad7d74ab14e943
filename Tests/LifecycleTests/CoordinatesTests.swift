import Lifecycle
import TestSupport
import Testing

@Suite struct `Coordinates that are not exact` {
    struct Example: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var lock: Coordinates?
        /// Of the recovered copy; nil where it said none.
        var recovery: Coordinates?
        var isRecovered = true
        var warnings: [String]
    }

    static let channel = Coordinates.Channel(
        name: "site",
        sourceHost: "db0",
        sourcePort: 3306,
        executed: nil,
        inexactBecause: "it lags"
    )

    static let examples = [
        Example(testDescription: "no coordinates", warnings: []),
        Example(testDescription: "exact ones of the lock", lock: Coordinates(gtid: "0-1-8"), warnings: []),
        Example(
            testDescription: "those of the lock",
            lock: Coordinates(inexactBecause: "commits went on"),
            warnings: ["commits went on"]
        ),
        Example(
            testDescription: "exact ones of the copy in place of those of the lock",
            lock: Coordinates(inexactBecause: "commits went on"),
            recovery: Coordinates(),
            warnings: []
        ),
        Example(
            testDescription: "those of the copy",
            lock: Coordinates(),
            recovery: Coordinates(inexactBecause: "a statement was finished"),
            warnings: ["a statement was finished"]
        ),
        Example(
            testDescription: "those of the lock without a recovery",
            lock: Coordinates(inexactBecause: "commits went on"),
            recovery: Coordinates(),
            isRecovered: false,
            warnings: ["commits went on"]
        ),
        Example(
            testDescription: "a channel's position",
            lock: Coordinates(channels: [channel]),
            warnings: ["channel \"site\": it lags"]
        ),
        Example(
            testDescription: "a channel's position beside MySQL's GTID state",
            lock: Coordinates(gtid: "uuid:1-8", channels: [channel]),
            warnings: []
        ),
        Example(
            testDescription: "a channel's position beside MariaDB's GTID state",
            lock: Coordinates(replicaGTID: "0-1-8", channels: [channel]),
            warnings: []
        ),
    ]

    @Test(arguments: examples)
    func `are warned of once, when they are final`(example: Example) async {
        var harness = RunHarness()
        harness.hooks.replace(.lock) { _ in
            var lock = Lock(plan: "mine", reason: "test", proof: {}, release: Release("lock") {})
            lock.coordinates = example.lock
            return .result(lock)
        }
        if example.isRecovered {
            harness.hooks.replace(.recover) { _ in .result(Recovery(clean: true, coordinates: example.recovery)) }
        } else {
            harness.hooks.before(.recover) { _ in .skip("not now") }
        }
        let outcome = await harness.run()
        #expect(outcome.ending == .succeeded)
        #expect(outcome.warnings == example.warnings.map { "coordinates are not exact: \($0)" })
    }

    @Test func `are warned of where the snapshot is the backup`() async {
        var harness = RunHarness()
        harness.options.isSnapshotOnly = true
        harness.hooks.replace(.lock) { _ in
            var lock = Lock(plan: "mine", reason: "test", proof: {}, release: Release("lock") {})
            lock.coordinates = Coordinates(inexactBecause: "commits went on")
            return .result(lock)
        }
        let outcome = await harness.run()
        #expect(outcome.warnings == ["coordinates are not exact: commits went on"])
    }
}
