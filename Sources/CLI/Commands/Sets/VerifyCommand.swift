import Archive
import ArgumentParser
import FoundationEssentials
import LVMBackup

extension ProofLevel: ExpressibleByArgument {}

struct VerifyCommand: StatusCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Verify backup sets by checksums, by check programs, or by a server.",
        discussion: """
            Level "structure" restores a set to scratch space and checks pages and tables by innochecksum, aria_chk and \
            myisamchk; level "start" also starts a server on it, which checks the tables. Each level includes the ones \
            before it. The result is written to verified.json beside the manifest. The exit status is 1 where a set is \
            damaged or cannot be verified.
            """,
        helpNames: [.customShort("?"), .long]
    )

    @Argument(help: "\"latest\", run ids or unique beginnings of them, or paths of sets.") var set: [String] = []
    @OptionGroup var options: OpenOptions
    @Flag(help: "Verify every set of the directory.") var all: Bool = false
    @Option(help: "What is verified: checksums, structure or start.") var level: ProofLevel = .checksums
    @Option(help: ArgumentHelp("Part of the tables that the server checks, such as 5%.", valueName: "percent"))
    var sample: String?

    func validate() throws {
        guard all != !set.isEmpty else { throw ValidationError("name sets, or use --all") }
        guard sample == nil || level == .start else { throw ValidationError("--sample is for --level start") }
        _ = try part()
    }

    func perform() async throws -> Int32 {
        let namespace = level == .checksums ? nil : try ProcessWide.isolate()
        let guardian = level == .checksums ? nil : GuardianLauncher(namespace: namespace)
        let part = try part()
        return try await ProcessWide.untilSignal {
            var status: Int32 = 0
            for place in try await places() {
                let opening = try options.opening(at: place, guardian: guardian)
                let ending = await SetProof(opening, level: level, sample: part).run()
                status = max(status, try await tell(ending, place))
            }
            return status
        }
    }

    /// - Returns: the exit status of one set.
    private func tell(_ ending: ReleaseScope.Ending<SetProof.Report>, _ place: SetPlace) async throws -> Int32 {
        var status: Int32 = 0
        switch ending.result {
        case .success(let report):
            try await record(nil, place)
            for line in report.leftOut { options.warn("left out \(line)") }
            printLine("\(place.name): good: \(Self.summary(report))")
        case .failure(let error as CancellationError): throw error
        case .failure(let error):
            status = 1
            let failure = Failure(error)
            let isDamage = SetProof.isDamage(error)
            printLine("\(place.name): \(isDamage ? "DAMAGED" : "NOT VERIFIED"): \(failure.message)")
            if !isDamage, let advice = failure.advice { printLine("  \(advice)") }
            if isDamage { try await record(failure.message, place) }
        }
        guard !ending.leaked.isEmpty else { return status }
        OpeningEnd.tell(ending.leaked)
        return status == 0 ? 2 : 3
    }

    private static func summary(_ report: SetProof.Report) -> String {
        var parts = ["\(report.files) files, \(report.bytes.asSize)"]
        if report.tableFiles > 0 { parts.append("\(report.tableFiles) files of tables checked") }
        if !report.leftOut.isEmpty { parts.append("\(report.leftOut.count) left out") }
        if report.tables > 0 { parts.append("\(report.tables) tables checked by a server") }
        return parts.joined(separator: ", ")
    }

    /// - Throws: `ValidationError` for a text that is no percentage.
    func part() throws -> Double {
        guard let sample else { return 1 }
        guard sample.hasSuffix("%"), let percent = Double(sample.dropLast()), percent > 0, percent <= 100 else {
            throw ValidationError("\"\(sample)\" is no part of the tables; write such as 5%")
        }
        return percent / 100
    }

    private func places() async throws -> [SetPlace] {
        guard all else {
            var places: [SetPlace] = []
            for name in set { places.append(try await options.sets.place(name)) }
            return places
        }
        let list = try await SetList.read(try options.sets.destination())
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
