import Host
import Lifecycle

/// The calls of one file's Lua code that belong to no run: `backup`, `log` and `json`, and the prelude's own questions.
///
/// Unchecked: used by the turns of one thread, one at a time, and read by others when the file is loaded.
final class FileLibrary: @unchecked Sendable {
    private let file: HookFile
    private let services: HookServices
    private let secrets: UsedSecrets
    private(set) var registrations: [Registration] = []
    /// The mistakes in the file's registrations.
    private(set) var mistakes: [LuaError] = []
    private(set) var options: FileOptions

    init(_ file: HookFile, _ services: HookServices, _ secrets: UsedSecrets) {
        (self.file, self.services, self.secrets) = (file, services, secrets)
        options = FileOptions(of: file.name, services)
    }

    /// - Parameters:
    ///   - line: the line of the calling code.
    ///   - call: the running call; nil while the file is loaded.
    /// - Returns: nil for a name that belongs to a run.
    /// - Throws: the error that the hook gets.
    func answer(
        _ name: String,
        _ arguments: Arguments,
        line: () -> Int,
        during call: HookCall? = nil
    ) throws -> LuaValue? {
        if let function = LibraryFunction(rawValue: name) { return try answer(function, arguments, call) }
        switch name {
        case "register": registrations.append(try Registration(arguments[0], file: file, line: line()))
        case "mistake":
            var mistake = LuaError(arguments[0].text ?? "an error that is \(arguments[0].kind)")
            (mistake.file, mistake.line) = (file.fileName, line())
            mistakes.append(mistake)
        default: return try answer(question: name, arguments)
        }
        return LuaValue.none
    }

    private func answer(_ function: LibraryFunction, _ arguments: Arguments, _ call: HookCall?) throws -> LuaValue {
        switch function {
        case .option: return try options.value(of: arguments[0], or: arguments[1])
        case .has:
            guard let feature = arguments[0].text else {
                throw LuaError("backup.has needs a name such as \"run:pipe\", not \(arguments[0].shown)")
            }
            return .bool(API.has(feature))
        case .requireAPI:
            guard arguments[0].number != nil else {
                throw LuaError("backup.require_api takes a number, not \(arguments[0].shown)")
            }
            guard arguments[0].integer == API.version else {
                throw LuaError("API \(JSONValues.short(arguments[0])) is not there, this is \(API.version)")
            }
        case .debug: log(.debug, arguments, call)
        case .info: log(.info, arguments, call)
        case .warn: log(.warn, arguments, call)
        case .error: log(.error, arguments, call)
        case .encode: return .string(try JSONValues.encode(arguments[0]))
        case .decode: return try JSONValues.decode(arguments[0])
        // The prelude puts the items into it.
        case .array: return .list([])
        }
        return .none
    }

    private func log(_ level: LibraryFunction, _ arguments: Arguments, _ call: HookCall?) {
        let fields = (arguments[1].fields ?? [:]).sorted { $0.key < $1.key }
        let rest = fields.map { " \($0.key)=\(JSONValues.short($0.value))" }
        let line = secrets.hidden(in: "\(file.name): \(arguments[0].text ?? "")\(rest.joined())")
        guard let call else { return services.noteAtLoad(line) }
        // A subscriber to messages would receive this one, and so on.
        switch call.event?.fact {
        case .message, .warning: return
        default: break
        }
        switch level {
        case .debug: call.run.note(line, level: .debug)
        case .warn: call.run.warn(line)
        case .error: call.run.note(line, level: .notice)
        default: call.run.note(line)
        }
    }

    // MARK: The prelude's questions

    private func answer(question: String, _ arguments: Arguments) throws -> LuaValue? {
        func among() -> [String] { (arguments[1].list ?? []).compactMap(\.text) }
        let first = arguments[0].text ?? ""
        switch question {
        case "nearest": return nearest(to: first, among: among()).map(LuaValue.text) ?? LuaValue.none
        case "misspelt": return misspelt(first, among: among()).map(LuaValue.text) ?? LuaValue.none
        case "library": return .text(try HookDirectory.library(first, in: services.directory))
        case "duration": return .number(try Quantity.seconds(arguments[1], arguments[0].text ?? "value"))
        case "check_count": try checkCount(arguments)
        case "form":
            guard let form = arguments[1].text.flatMap(APIForm.init) else { break }
            try FieldCheck.check(arguments[2], form, arguments[0].text ?? "value")
        case "time": return .integer(Int64(services.machine.time))
        case "clock": return .number(services.machine.processorTime)
        default: return nil
        }
        return LuaValue.none
    }

    /// - Throws: ``LuaError`` where a function has too many arguments, or too few.
    private func checkCount(_ arguments: Arguments) throws {
        guard let name = arguments[0].text, let function = API.function(name),
            let complaint = function.complaint(Int(clamping: arguments[1].integer ?? 0), name)
        else { return }
        throw LuaError(complaint)
    }
}

/// `backup.option`: a file's own part of the configuration.
struct FileOptions {
    private let name: String
    /// `[hooks.NAME]`.
    private let configured: [String: LuaValue]
    /// `--set NAME.KEY=VALUE`.
    private let given: [String: String]
    private var used: Set<String> = []

    init(of name: String, _ services: HookServices) {
        self.name = name
        (configured, given) = (services.options[name] ?? [:], services.given[name] ?? [:])
    }

    /// The options that the file has asked for.
    var known: [String] { used.sorted() }

    /// The options that are set, and that the file has not asked for.
    var unknown: [String] { Set(configured.keys).union(given.keys).subtracting(used).sorted() }

    /// - Parameter standard: the default, whose form gives the value's type.
    /// - Throws: ``LuaError`` for a missing option without a default, and for a value of another form.
    mutating func value(of key: LuaValue, or standard: LuaValue) throws -> LuaValue {
        guard let key = key.text, !key.isEmpty else { throw LuaError("backup.option needs a name") }
        used.insert(key)
        if let text = given[key] {
            let what = "--set \(name).\(key)"
            return try Quantity.option(try Quantity.value(of: text, like: standard, what), like: standard, what)
        }
        let value = configured[key] ?? .none
        guard !value.isNone || !standard.isNone else {
            throw LuaError(
                "the option \(key) is not set, and has no default: set it under [hooks.\(name)], or by --set \(name).\(key)=VALUE"
            )
        }
        return try Quantity.option(value, like: standard, "[hooks.\(name)] \(key)")
    }
}
