import ArgumentParser
import Glibc
import LVMBackup

/// What there is around hook files.
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

    /// - Throws: what is wrong with configuration or files.
    func load() async throws -> Hooks { try await HookLoading(configuration: try configuration()).load() }

    /// The directory of the hook files.
    ///
    /// - Throws: what is wrong with the configuration.
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
            write(line(of: hook).printable + "\n", to: STDOUT_FILENO)
        }
        return 0
    }
}

struct HookExplain: StatusCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain",
        abstract: "Say who is asked at a step, in which order and why.",
        helpNames: [.customShort("?"), .long]
    )

    @Argument(help: "A step, such as lock.") var step: String
    @OptionGroup var directory: HookDirectoryOptions

    func perform() async throws -> Int32 {
        guard let name = StepName(rawValue: step) else {
            let steps = StepName.allCases.map(\.rawValue)
            throw ValidationError("no step \"\(step)\"; the steps are \(steps.joined(separator: ", "))")
        }
        let hooks = try await directory.load().registrations.filter { $0.target == step }
        for verb in [Verb.before, .replace, .after] {
            let bound = hooks.filter { $0.verb == verb }
            // What was bound last hears first of a success.
            for hook in verb == .after ? bound.reversed() : bound {
                write(line(of: hook).printable + "\n", to: STDOUT_FILENO)
            }
            if verb == .replace { write("built-in\n", to: STDOUT_FILENO) }
        }
        if !name.rule.allowsReplace { write("this step can't be replaced\n", to: STDOUT_FILENO) }
        return 0
    }
}

private func line(of hook: Registration) -> String {
    let reason =
        hook.runsAfter.isEmpty && hook.runsBefore.isEmpty
        ? ""
        : " (runs after \(hook.runsAfter.joined(separator: ", ")) before \(hook.runsBefore.joined(separator: ", ")))"
    return "\(hook.name)  \(hook.file):\(hook.line)\(reason)\(hook.description.map { "  \($0)" } ?? "")"
}

struct HookNew: StatusCommand {
    static let configuration = CommandConfiguration(
        commandName: "new",
        abstract: "Print a hook file to start from.",
        helpNames: [.customShort("?"), .long]
    )

    @Argument(help: "What the hook is called in the configuration.") var name: String
    @Option(help: "before, replace, after, filter or on.") var verb: String
    @Option(help: "What it is bound to: a step, a filter or an event.") var step: String

    func perform() async throws -> Int32 {
        guard let verb = Verb(rawValue: verb) else {
            throw ValidationError("no verb \"\(verb)\": before, replace, after, filter or on")
        }
        guard API.targets(verb).contains(step) else {
            throw ValidationError("\(verb.rawValue) takes \(API.targets(verb).joined(separator: ", "))")
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
