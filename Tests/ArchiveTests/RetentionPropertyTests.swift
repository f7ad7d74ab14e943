import Lifecycle
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

        func manifest(run: String, at seconds: Double) -> Manifest {
            var manifest = Manifest.sample(run: run, host: host, at: seconds)
            manifest.volume = .init(name: volume, uuid: volumeUUID, filesystem: "xfs", size: 1)
            manifest.server?.uuid = serverUUID
            return manifest
        }
    }

    private struct Kept: Equatable {
        var manifest: Manifest
        var isWhole: Bool
        let machine: Int
    }

    /// The results of each run in a random life of three machines with the same destination.
    private struct Life {
        var random: SeededGenerator
        var machines = [
            Machine(host: "db1", volume: "vg0/mysql", volumeUUID: "uuid-1", serverUUID: nil),
            // The same names as the first, on another host.
            Machine(host: "db1", volume: "vg0/mysql", volumeUUID: "uuid-2", serverUUID: nil),
            // A clone of the server of the next one, with a volume of its own.
            Machine(host: "db3", volume: "vg0/mysql", volumeUUID: "uuid-3", serverUUID: "server"),
            Machine(host: "db4", volume: "vg1/data", volumeUUID: "uuid-4", serverUUID: "server"),
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
