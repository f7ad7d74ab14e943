import Archive
import ArgumentParser
import FoundationEssentials
import Glibc
import Host
import LVMBackup

struct RollbackCommand: StatusCommand {
    static let configuration = CommandConfiguration(
        commandName: "rollback",
        abstract: "Put a volume back to the kept snapshot of a set, by lvconvert --merge.",
        discussion: """
            For sets of --snapshot-only. All changes of the volume since the snapshot are lost, those of other files on it \
            too, and the snapshot is used up. The server has to be stopped and the file system unmounted: LVM would else \
            put the merge off to the next activation of the volume.
            """,
        helpNames: [.customShort("?"), .long]
    )

    @Argument(
        help: "A set's name, a run id or a unique beginning of one, or the path of a set.",
        completion: LiveCompletion.sets
    )
    var set: String
    @OptionGroup var sets: SetOptions
    @Flag(help: "Do not ask.") var yes: Bool = false
    @Flag(help: "Also where the set does not prove that the snapshot is its own.") var force: Bool = false

    func perform() async throws -> Int32 {
        let rollback = Rollback(try await sets.place(set), configuration: try sets.configuration(), isForced: force)
        let proposal = try await rollback.examine()
        guard try yes || isConfirmed(proposal) else {
            printLine("nothing was changed")
            return 1
        }
        try await ProcessWide.untilSignal { try await rollback.run() }
        printLine("\"\(proposal.volume)\" is as it was at \(localTime(proposal.moment))")
        if yes { for line in RollbackQuestion.severed(proposal) { printLine(line) } }
        return 0
    }

    private func isConfirmed(_ proposal: Rollback.Proposal) throws -> Bool {
        guard isatty(STDIN_FILENO) == 1 else {
            throw SettingsError(
                "a rollback of volume \"\(proposal.volume)\" needs a terminal to ask",
                advice: "add --yes to roll back without a question"
            )
        }
        for line in RollbackQuestion(proposal).lines { printLine(line) }
        write("Type the name of the volume to go on: ", to: STDOUT_FILENO)
        return readLine() == proposal.volume
    }
}

/// The question before a rollback.
struct RollbackQuestion {
    let lines: [String]

    init(_ proposal: Rollback.Proposal, now: Double = Date().timeIntervalSince1970) {
        let moment = "\(localTime(proposal.moment)) (age: \(SetLine.age(now - proposal.moment)))"
        lines =
            [
                "Volume \"\(proposal.volume)\" (\(proposal.size.asSize)) goes back to \(moment).",
                "Lost are all changes of its files since then, also of files that are not the server's.",
                "Lost is also the set's snapshot \"\(proposal.snapshot)\": LVM removes it.",
            ] + Self.severed(proposal)
    }

    /// The snapshots that lose their volume.
    static func severed(_ proposal: Rollback.Proposal) -> [String] {
        guard !proposal.severed.isEmpty else { return [] }
        let names = proposal.severed.map { "\"\($0)\"" }.joined(separator: ", ")
        return ["Afterwards the volume cannot go back to other thin snapshots of it, which stay readable: \(names)."]
    }
}
