import Foundation
import Testing

extension LabTests {
    /// Faults that only many runs show: `docs/soak.md`.
    @Suite struct Soaking {
        private static let backups = min(30, max(24, Lab.soakRuns / 2))

        @Test(.soak)
        func `many backups under load with random faults leave nothing behind`() async throws {
            print("soak: \(Lab.soakRuns) runs, LVMBACKUP_SOAK_SEED=\(Lab.soakSeed)")
            var soak = try await Soak.start(seed: Lab.soakSeed)
            // As many runs of the command have warmed everything up.
            let length = min(20, Lab.soakRuns / 2)
            var samples: [(run: Int, sample: SoakSample)] = []
            for first in stride(from: 1, through: Lab.soakRuns, by: length) {
                let last = min(first + length - 1, Lab.soakRuns)
                try await soak.chapter(first...last)
                samples.append((last, try await soak.sample()))
                let wrong = samples[samples.count - 1].sample.complaints(since: samples[0].sample)
                try await SoakReport.shared.add(soak.tally, verified: soak.verified, ends(samples), wrong)
            }
            #expect(samples[samples.count - 1].sample.complaints(since: samples[0].sample) == [])
            #expect(soak.tally.runs == Lab.soakRuns)
            #expect(soak.verified == soak.tally.published)
            await DatabaseHost.forget()
        }

        private func ends(_ samples: [(run: Int, sample: SoakSample)]) -> [(run: Int, sample: SoakSample)] {
            samples.count > 2 ? [samples[0], samples[samples.count / 2], samples[samples.count - 1]] : samples
        }

        /// Freed memory goes back to the system.
        ///
        /// Else some MiB stay with each of the allocator's arenas, now in one and now in another.
        private static let plainHeap = [
            "GLIBC_TUNABLES": "glibc.malloc.mmap_threshold=131072:glibc.malloc.trim_threshold=131072"
        ]

        @Test(.soak)
        func `a program that takes many backups does not grow`() async throws {
            let host = try await DatabaseHost.fresh(Layout(size: "600M"))
            let before = try await Traces.now()
            var sets = try PublishedSets()
            let (program, _) = try await underLoad(innodb: 1, seconds: 7200) {
                try await Command(
                    [Lab.product("LabPlainVolume"), "--times", "\(Self.backups)", "server", Lab.destination],
                    environment: Self.plainHeap
                ).wait(limit: .seconds(3600))
            }
            #expect(program.status == 0, program.report)
            try await expectNoTraces(since: before)
            let samples = program.output.split(separator: "\n").compactMap { EmbeddedSample($0) }
            try #require(samples.count == Self.backups, program.report)
            try await SoakReport.shared.add(samples)
            // The lowest of ten tells what stays.
            let (early, late) = (Array(samples[4..<14]), Array(samples.suffix(10)))
            func lowest(_ value: (EmbeddedSample) -> Int) throws -> (early: Int, late: Int) {
                (try #require(early.map(value).min()), try #require(late.map(value).min()))
            }
            let (memory, threads) = (try lowest(\.anonymous), try lowest(\.threads))
            #expect(memory.late - memory.early <= EmbeddedSample.autoextend, program.report)
            #expect(samples.map(\.descriptors).max() == samples[0].descriptors, program.report)
            #expect(threads.late <= threads.early, program.report)
            #expect(try await sets.news(program.report).count == Self.backups)
            try await expectAlive(host)
            await DatabaseHost.forget()
        }
    }
}

/// The figures of a program that embeds the library between two backups.
struct EmbeddedSample: Sendable {
    var number: Int
    /// KiB.
    var resident: Int
    var anonymous: Int
    var descriptors: Int
    var threads: Int

    /// KiB of anonymous memory between two tens of runs that are sixteen apart.
    static let autoextend = 1 << 10

    /// "sample: 5, resident 20480, anonymous 10240, descriptors 8, threads 3"; nil for other lines.
    init?(_ line: Substring) {
        guard line.hasPrefix("sample: ") else { return nil }
        let numbers = line.split { !$0.isNumber }.compactMap { Int($0) }
        guard numbers.count == 5 else { return nil }
        (number, resident, anonymous, descriptors, threads) = (
            numbers[0], numbers[1], numbers[2], numbers[3], numbers[4]
        )
    }
}
