import ArgumentParser
import Glibc
import Hooks
import LVMBackup

/// The subcommands for hook files.
struct HookCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "hook",
        abstract: "Check, list, test and write Lua hook files.",
        subcommands: [
            HookCheck.self, HookList.self, HookExplain.self, HookNew.self, HookTest.self, HookTypes.self,
        ],
        helpNames: [.customShort("?"), .long]
    )
}

/// Options of every subcommand that reads the hook files.
struct HookDirectoryOptions: ParsableArguments {
    @OptionGroup var general: GeneralOptions
    @OptionGroup var hooks: HookOptions

    /// - Throws: errors of the configuration or the files.
    func load() async throws -> Hooks { try await loading().load() }

    /// - Throws: errors of the configuration.
    func loading() throws -> HookLoading { HookLoading(configuration: try configuration()) }

    /// The directory of the hook files.
    ///
    /// - Throws: errors of the configuration.
    func path() throws -> String { try configuration().hooksDirectory ?? HookLoading.directory }

    private func configuration() throws -> Configuration {
        var settings = try general.fileSettings()
        settings.override(with: try .fromEnvironment(ProcessWide.environment))
        var options = Settings()
        hooks.fill(&options)
        settings.override(with: options)
        return try settings.configuration()
    }
}

struct HookList: StatusCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List the hooks in the order in which they are asked.",
        helpNames: [.customShort("?"), .long]
    )

    @OptionGroup var directory: HookDirectoryOptions

    func perform() async throws -> Int32 {
        for hook in try await directory.load().registrations {
            write(hook.line(withReason: true).printable + "\n", to: STDOUT_FILENO)
        }
        return 0
    }
}

struct HookExplain: StatusCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain",
        abstract: "Show the steps of a run with the hooks of each, in order and with the reasons for it.",
        helpNames: [.customShort("?"), .long]
    )

    @Argument(
        help: "A step, a filter, an event or a function, such as lock or run:exec; without it the whole run.",
        completion: .list(targets)
    )
    var name: String?
    @OptionGroup var directory: HookDirectoryOptions

    /// Each step, filter and event once.
    static let targets = Set(Verb.allCases.flatMap(API.targets)).sorted()
    private static let names = targets + Explanation.names

    func perform() async throws -> Int32 {
        let hooks = try await directory.load().registrations
        let timeline = Timeline(hooks)
        guard let lines = name.map(timeline.lines(of:)) ?? timeline.lines else {
            let near = nearest(to: name ?? "", among: Self.names).map { "; did you mean \"\($0)\"?" } ?? ""
            throw ValidationError("no step, filter, event or function \"\(name ?? "")\"\(near)")
        }
        let isOfRun = name.map(Self.targets.contains) ?? true
        for line in isOfRun ? lines + (try directory.loading().unreachable(hooks)) : lines {
            write(line.printable + "\n", to: STDOUT_FILENO)
        }
        return 0
    }
}

struct HookNew: StatusCommand {
    static let configuration = CommandConfiguration(
        commandName: "new",
        abstract: "Print a hook file to start from.",
        helpNames: [.customShort("?"), .long]
    )

    @Argument(help: "The hook's name in the configuration.") var name: String
    @Option(help: "before, replace, after, filter or on.", completion: .list(Verb.allCases.map(\.rawValue)))
    var verb: String
    @Option(help: "The target of the binding: a step, a filter or an event.", completion: .list(HookExplain.targets))
    var step: String

    func perform() async throws -> Int32 {
        guard HookFile.isName(name) else {
            throw ValidationError(
                "\"\(name)\" is not a hook's name: it has small letters, digits, - and _, and begins with a letter or digit"
            )
        }
        guard let verb = Verb(rawValue: verb) else {
            throw ValidationError("no verb \"\(verb)\": before, replace, after, filter or on")
        }
        guard API.targets(verb).contains(step) else {
            let targets = API.targets(verb)
            let advice =
                nearest(to: step, among: targets).map { "did you mean \"\($0)\"?" }
                ?? "it takes \(targets.joined(separator: ", "))"
            throw ValidationError("\(verb.rawValue) knows no \"\(step)\"; \(advice)")
        }
        write(HookTemplate(name: name, verb: verb, target: step).text, to: STDOUT_FILENO)
        return 0
    }
}

struct HookTypes: StatusCommand {
    static let configuration = CommandConfiguration(
        commandName: "types",
        abstract: "Print annotations for the Lua language server, luacheck's configuration, or the reference page.",
        helpNames: [.customShort("?"), .long]
    )

    @Flag(help: "A .luacheckrc instead.") var luacheck: Bool = false
    @Flag(help: "The reference page instead.") var reference: Bool = false

    func perform() async throws -> Int32 {
        write(luacheck ? Stub.luacheck : reference ? ReferencePage.markdown : Stub.annotations, to: STDOUT_FILENO)
        return 0
    }
}
