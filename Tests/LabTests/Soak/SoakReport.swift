import Foundation

/// `docs/soak.md`, of the two tests of the soak.
actor SoakReport {
    static let shared = SoakReport()
    private var parts: [String: String] = [:]

    /// The runs of the command; written even where something was wrong, with what it was.
    func add(_ tally: SoakTally, verified: Int, _ samples: [(run: Int, sample: SoakSample)], _ wrong: [String]) throws {
        let kinds = tally.kinds.sorted { $0.key < $1.key }
        let rows = kinds.map { kind, entry in
            let statuses = entry.statuses.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" }
            let struck = kind == "undisturbed" ? "–" : "\(entry.struck)"
            return "| \(kind) | \(entry.runs) | \(struck) | \(statuses.joined(separator: ", ")) | \(entry.published) |"
        }
        parts["runs"] = """
            | | |
            |---|---|
            | runs | \(tally.runs), \(tally.disturbed) of them with a fault, which \(tally.struck) reached |
            | published sets | \(tally.published), and as many read to their end: \(verified) |
            | started in a server | \(tally.restored.count) of them, of the runs \(list(tally.restored)) |
            | longest wait of a writer, undisturbed runs | \(tally.longestUndisturbed.milliseconds) (at most 11 s) |
            | longest wait of a writer, runs with a fault | \(tally.longestDisturbed.milliseconds) (at most 5 s) |
            | wrong at the end | \(wrong.isEmpty ? "nothing" : "**\(wrong.joined(separator: "; "))**") |

            | fault | runs | reached | exit status: runs | published |
            |---|---|---|---|---|
            \(rows.joined(separator: "\n"))

            \(Self.table(samples))
            """
        try write()
    }

    /// The backups in one process.
    func add(_ samples: [EmbeddedSample]) throws {
        let rows = samples.map {
            "| \($0.number) | \($0.resident) KiB | \($0.anonymous) KiB | \($0.descriptors) | \($0.threads) |"
        }
        parts["embedded"] = """
            ## \(samples.last?.number ?? 0) backups in one process

            A program with the library in it (`Tests/Lab/PlainVolume`, a debug build) takes one after the other. The \
            allocator is told to give back what is freed: by itself it keeps some MiB in each of its arenas.

            | after backup | resident | of it anonymous | descriptors | threads |
            |---|---|---|---|---|
            \(rows.joined(separator: "\n"))
            """
        try write()
    }

    private func list(_ numbers: [Int]) -> String { numbers.map(String.init).joined(separator: ", ") }

    private static func table(_ samples: [(run: Int, sample: SoakSample)]) -> String {
        func row(_ name: String, _ value: (SoakSample) -> String) -> String {
            "| \(name) | \(samples.map { value($0.sample) }.joined(separator: " | ")) |"
        }
        return [
            "| after run | \(samples.map { "\($0.run)" }.joined(separator: " | ")) |",
            "|---\(samples.map { _ in "|---" }.joined())|",
            row("MemAvailable") { "\($0.available) KiB" },
            row("used by files in a tmpfs") { "\($0.files) KiB" },
            row("used by no file, server or test") { "\($0.unaccounted) KiB" },
            row("Slab") { "\($0.slab) KiB" },
            row("SUnreclaim") { "\($0.unreclaimable) KiB" },
            row("the server's resident size") { "\($0.serverResident) KiB" },
            row("memory that it has allocated") { "\($0.serverUsed) KiB" },
            row("its open descriptors") { "\($0.descriptors[$0.server] ?? 0)" },
            row("device-mapper devices, loop devices") { "\($0.devices), \($0.loops)" },
            row("mounts, mount namespaces") { "\($0.mounts), \($0.namespaces)" },
            row("zombies") { "\($0.zombies.count)" },
        ].joined(separator: "\n")
    }

    private func write() throws {
        let kernel = try String(contentsOfFile: "/proc/sys/kernel/osrelease", encoding: .utf8)
        let date = ISO8601DateFormatter().string(from: Date()).prefix(10)
        let text = """
            # Many backups in a row

            Made by `make test-soak` on \(date), Linux \
            \(kernel.trimmingCharacters(in: .whitespacesAndNewlines)) (\(Lab.kind)), seed \(Lab.soakSeed). One boot, a \
            MariaDB server under load, a debug build of the command. About half of the runs have a fault, drawn from \
            all points, moments and acts of `Sources/Faults`; there is no cleanup between the runs. After every \
            undisturbed one there is no snapshot, mount, process, lock, suspended device or temporary file that was not \
            there at the start, and it has to succeed. Every published set is compared with the checksums of its \
            manifest and read to its end by plain `tar`; of each chapter of runs the last set, and the last of a run \
            with a fault, is started in a server, which has to have exactly the rows that were acknowledged before \
            the freeze. A snapshot of another program, `mysql_snapshot`, stays as it is.

            \([parts["runs"], parts["embedded"]].compactMap(\.self).joined(separator: "\n\n"))

            """
        try Results.write("soak.md", text)
    }
}
