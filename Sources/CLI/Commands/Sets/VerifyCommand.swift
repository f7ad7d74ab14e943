import Archive
import ArgumentParser
import LVMBackup
import Logging

extension ProofLevel: ExpressibleByArgument {}

struct VerifyCommand: StatusCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Verify backup sets by checksums, by check programs, or by a server.",
        discussion: """
            Level "structure" restores a set to scratch space and checks pages and tables by innochecksum, aria_chk and \
            myisamchk; level "start" also starts a server on it, which checks the tables. Each level includes the ones \
            before it. A kept snapshot has no checksums: the other levels mount it. Hooks bound to "verify" are asked, and can \
            query that server. The result is written to verified.json beside the manifest. The exit status is 1 where a set is \
            damaged or cannot be verified.
            """,
        helpNames: [.customShort("?"), .long]
    )

    @Argument(
        help: "\"latest\" (the newest good set), run ids or unique beginnings of them, or paths of sets.",
        completion: LiveCompletion.sets
    )
    var set: [String] = []
    @OptionGroup var options: OpenOptions
    @Flag(help: "Verify every set of the directory.") var all: Bool = false
    @Option(help: "The depth of the verification: checksums, structure or start.") var level: ProofLevel = .checksums
    @Option(help: ArgumentHelp("Part of the tables that the server checks, such as 5%.", valueName: "percent"))
    var sample: String?
    @OptionGroup(title: "Report options") var report: ReportOptions
    @OptionGroup(title: "Hook options") var hooks: HookOptions

    func validate() throws {
        guard all != !set.isEmpty else { throw ValidationError("name sets, or use --all") }
        guard sample == nil || level == .start else { throw ValidationError("--sample is for --level start") }
        _ = try part()
    }

    func perform() async throws -> Int32 {
        let namespace = level == .checksums ? nil : try ProcessWide.isolate()
        let settings = try options.sets.settings(under: report, hooks)
        return try await ProcessWide.untilSignal {
            var status: Int32 = 0
            for place in try await places() {
                let ending = try await verify(place, settings, GuardianLauncher(namespace: namespace))
                status = Self.worse(status, ending.exitStatus)
                if ending.outcome.failure?.kind == .cancelled { break }
            }
            return status
        }
    }

    private func verify(
        _ place: SetPlace,
        _ settings: Settings,
        _ guardian: GuardianLauncher
    ) async throws -> VerificationRun.Ending {
        let configuration = try settings.configuration()
        let output = try Output(settings: settings, traces: report.trace, systemLevel: .notice)
        let proof = SetProof(try options.opening(at: place), level: level, sample: try part())
        var run = VerificationRun(proof, configuration: configuration, guardian: guardian)
        run.timeout = try report.limit()
        try await hooks.load(into: &run.hooks, configuration)
        output.subscribe(to: &run.hooks.table)
        let ending = await run.run()
        tell(ending, place, output)
        return ending
    }

    /// The status of several sets: leaks first, then failures, then refusals.
    static func worse(_ one: Int32, _ other: Int32) -> Int32 {
        let order: [Int32] = [0, 2, 75, 4, 1, 3]
        func rank(_ status: Int32) -> Int { order.firstIndex(of: status) ?? order.endIndex }
        return rank(one) < rank(other) ? other : one
    }

    private func tell(_ ending: VerificationRun.Ending, _ place: SetPlace, _ output: Output) {
        for line in ending.report?.leftOut ?? [] { output.console.line("lvmbackup: left out \(line)") }
        for line in lines(ending, place) {
            if output.isForPeople { printLine(line) } else { output.console.line(line) }
        }
        // The lines above have told of the failure.
        var outcome = ending.outcome
        outcome.failure = nil
        output.conclude(outcome)
    }

    private func lines(_ ending: VerificationRun.Ending, _ place: SetPlace) -> [String] {
        guard let failure = ending.outcome.failure else {
            guard let verification = ending.verification else {
                return ["\(place.name): NOT VERIFIED: a hook left it out"]
            }
            let word = ending.report.map(Self.summary) ?? "\"\(verification.level)\", by a hook"
            return ["\(place.name): good: \(word)"]
        }
        let word = ending.isDamaged ? "DAMAGED" : "NOT VERIFIED"
        let hook = failure.hook.map { ["  said by: \($0)"] } ?? []
        let advice = ending.isDamaged ? [] : failure.adviceLines
        return ["\(place.name): \(word): \(failure.message)"] + hook + advice
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
        let isWanted = { (item: SetList.Item) in
            item.state == .snapshot ? level != .checksums : item.manifest?.archive != nil && item.state != .elsewhere
        }
        return list.items.filter(isWanted).map { SetPlace(destination: list.destination, name: $0.name) }
    }
}

extension VerificationRun.Ending {
    /// Damage and an impossible verification have one status; a hook's refusal has its own.
    fileprivate var exitStatus: Int32 {
        guard outcome.ending == .failed, outcome.leaked.isEmpty else { return outcome.exitStatus }
        return 1
    }
}
