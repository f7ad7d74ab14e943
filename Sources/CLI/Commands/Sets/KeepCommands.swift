import Archive
import ArgumentParser
import LVMBackup

struct KeepCommand: StatusCommand {
    static let configuration = CommandConfiguration(
        commandName: "keep",
        abstract: "Mark a backup set so that no retention removes it.",
        helpNames: [.customShort("?"), .long]
    )

    @Argument(help: SetOptions.setHelp, completion: LiveCompletion.sets) var set: String
    @OptionGroup var sets: SetOptions

    func perform() async throws -> Int32 {
        let place = try await sets.place(set)
        try await place.setKept(true)
        printLine("kept: \(place.name)")
        return 0
    }
}

struct UnkeepCommand: StatusCommand {
    static let configuration = CommandConfiguration(
        commandName: "unkeep",
        abstract: "Remove the mark of \"keep\": retention may remove the set again.",
        helpNames: [.customShort("?"), .long]
    )

    @Argument(help: SetOptions.setHelp, completion: LiveCompletion.sets) var set: String
    @OptionGroup var sets: SetOptions

    func perform() async throws -> Int32 {
        let place = try await sets.place(set)
        try await place.setKept(false)
        printLine("no longer kept: \(place.name)")
        return 0
    }
}
