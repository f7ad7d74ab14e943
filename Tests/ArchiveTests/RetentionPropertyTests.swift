import Lifecycle
import TestSupport
import Testing

@testable import Archive

/// Retention over random histories, clocks and sources.
@Suite struct RetentionPropertyTests {
    /// One host's volume, as its manifests name it; the host or the volume may be renamed in between.
    private struct Machine {
        var host: String
        var volume: String
        let volumeUUID: String
        let serverUUID: String?
        /// Nil for a release that does not record it.
        var id: String?

        func manifest(run: String, at seconds: Double) -> Manifest {
            var manifest = Manifest.sample(run: run, host: host, at: seconds)
            manifest.volume = .init(name: volume, uuid: volumeUUID, filesystem: "xfs", size: 1)
            manifest.server?.uuid = serverUUID
            manifest.machine = id
            return manifest
        }
    }

    private struct Kept: Equatable {
        var manifest: Manifest
        var isWhole: Bool
        let machine: Int
    }

    /// The results of each run in a random life of several machines with the same destination.
    private struct Life {
        var random: SeededGenerator
        var machines = [
            Machine(host: "db1", volume: "vg0/mysql", volumeUUID: "uuid-1", serverUUID: nil),
            // The same names as the first, on another host.
            Machine(host: "db1", volume: "vg0/mysql", volumeUUID: "uuid-2", serverUUID: nil),
            // A clone of the server of the next one, with a volume of its own.
            Machine(host: "db3", volume: "vg0/mysql", volumeUUID: "uuid-3", serverUUID: "server", id: "3"),
            Machine(host: "db4", volume: "vg1/data", volumeUUID: "uuid-4", serverUUID: "server", id: "4"),
            // A clone of the whole machine before.
            Machine(host: "db5", volume: "vg1/data", volumeUUID: "uuid-4", serverUUID: "server", id: "5"),
        ]
        var sets: [Kept] = []
        /// The true time, which clocks may miss by years.
        var time = 1_795_000_000.0

        init(seed: UInt64) { random = SeededGenerator(seed: seed) }
    }

    @Test(arguments: 1...200)
    func `no clock and no name lets retention harm`(seed: Int) throws {
        var life = Life(seed: UInt64(seed))
        for number in 0..<30 {
            let index = Int.random(in: 0..<life.machines.count, using: &life.random)
            if Int.random(in: 0..<8, using: &life.random) == 0 { life.machines[index].host += "-renamed" }
            if Int.random(in: 0..<8, using: &life.random) == 0 { life.machines[index].volume += "2" }
            // An upgrade to a release that records the machine's id, and a new installation with the old name.
            if index < 2, Int.random(in: 0..<4, using: &life.random) == 0 { life.machines[index].id = "new-\(index)" }
            life.time += Double.random(in: 1...100_000, using: &life.random)
            let isWrong = Int.random(in: 0..<4, using: &life.random) == 0
            let now = life.time + (isWrong ? Double.random(in: -1e8...1e8, using: &life.random) : 0)
            let count = Int.random(in: 1...4, using: &life.random)
            let current = Kept(
                manifest: life.machines[index].manifest(
                    run: "r\(number)",
                    at: now - .random(in: -5...5, using: &life.random)
                ),
                isWhole: true,
                machine: index
            )
            life.sets.append(current)
            if Int.random(in: 0..<6, using: &life.random) == 0,
                let victim = life.sets.indices.dropLast().randomElement(using: &life.random)
            {
                life.sets[victim].isWhole = false
            }
            try retain(current, count, now, &life.sets)
        }
    }

    /// A pair of sets with the same server, volume and data directory.
    @Test(
        arguments: [
            ("db1", "1", "db1", "1", true), ("db1", "1", "renamed", "1", true), ("db1", "1", "db1", "2", true),
            ("db1", "1", "db2", "2", false), ("db1", nil, "db2", "2", true), ("db1", "1", "db2", nil, true),
            ("db1", nil, "db2", nil, true),
        ] as [(String, String?, String, String?, Bool)]
    )
    func `a clone is told by the machine's id and the host's name`(
        host: String,
        id: String?,
        otherHost: String,
        otherID: String?,
        isSame: Bool
    ) {
        let source = { (host: String, id: String?) in
            Machine(host: host, volume: "vg0/v", volumeUUID: "v", serverUUID: "s", id: id).manifest(run: "r", at: 0)
                .source
        }
        #expect(source(host, id).isSame(as: source(otherHost, otherID)) == isSame)
        #expect(source(otherHost, otherID).isSame(as: source(host, id)) == isSame)
    }

    private func retain(_ current: Kept, _ count: Int, _ now: Double, _ sets: inout [Kept]) throws {
        let source = current.manifest.source
        let own = sets.filter { $0.manifest.source.isSame(as: source) }
        #expect(own.allSatisfy { $0.machine == current.machine }, "another machine's set is counted")
        #expect(own.count == sets.count { $0.machine == current.machine }, "a renamed machine lost its history")
        let rules = RetentionRules(
            own.map { set in
                RetentionRules.Candidate(
                    name: set.manifest.run,
                    created: set.manifest.moment.seconds,
                    isWhole: set.isWhole,
                    hasSnapshot: false,
                    isCurrent: set.manifest.run == current.manifest.run
                )
            },
            now: now
        )
        let removed = try rules.removals(of: rules.plan(.last(count)))
        #expect(!removed.contains(current.manifest.run), "the set of the run is removed")
        let isPostdated = { (set: Kept) in set != current && set.manifest.moment.seconds > now }
        #expect(!own.contains { isPostdated($0) && removed.contains($0.manifest.run) }, "a postdated set is removed")
        let good = own.filter { $0.isWhole && !isPostdated($0) }
        let left = good.filter { !removed.contains($0.manifest.run) }
        #expect(left.count == min(count, good.count), "the number of good sets that stay is wrong")
        let oldestLeft = left.filter { $0 != current }.map(\.manifest.moment).min()
        let newestGone = good.filter { removed.contains($0.manifest.run) }.map(\.manifest.moment).max()
        if let oldestLeft, let newestGone {
            #expect(newestGone <= oldestLeft, "an older set stays in a newer one's place")
        }
        sets.removeAll { removed.contains($0.manifest.run) }
    }
}
