import Archive
import ArgumentParser
import FoundationEssentials
import LVMBackup

struct VerifyCommand: StatusCommand {
    enum Level: String, ExpressibleByArgument, CaseIterable { case checksums }

    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Check backup sets against their checksums.",
        discussion: """
            The result is written to verified.json beside the manifest. The exit status is 1 where a set is damaged.
            """,
        helpNames: [.customShort("?"), .long]
    )

    @Argument(help: "\"latest\", run ids or unique beginnings of them, or paths of sets.") var set: [String] = []
    @OptionGroup var sets: SetOptions
    @Flag(help: "Verify every set of the directory.") var all: Bool = false
    @Option(help: "What is checked: checksums.") var level: Level = .checksums
    @Option(help: "Threads that read and decompress (default: one for each core).") var threads: Int?

    func validate() throws {
        guard all != !set.isEmpty else { throw ValidationError("name sets, or use --all") }
    }

    func perform() async throws -> Int32 {
        var status: Int32 = 0
        for place in try await places() {
            do {
                let result = try await SetVerification(try await place.open(), threads: threads).run()
                try await record(nil, place)
                printLine("\(place.name): good: \(result.files) files, \(result.bytes.asSize)")
            } catch let error as any ExplainedError {
                status = 1
                printLine("\(place.name): DAMAGED: \(error.failure.message)")
                if case ReadError.damaged = error { try await record(error.failure.message, place) }
            }
        }
        return status
    }

    private func places() async throws -> [SetPlace] {
        guard all else {
            var places: [SetPlace] = []
            for name in set { places.append(try await sets.place(name)) }
            return places
        }
        let list = try await SetList.read(try sets.destination())
        return list.items.filter { $0.manifest?.archive != nil && $0.state != .elsewhere }.map {
            SetPlace(destination: list.destination, name: $0.name)
        }
    }

    private func record(_ damage: String?, _ place: SetPlace) async throws {
        let now = Timestamp(seconds: Date().timeIntervalSince1970)
        try await place.record(
            VerifiedMark(level: level.rawValue, at: now, tool: "lvmbackup \(Version.current)", damage: damage)
        )
    }
}
