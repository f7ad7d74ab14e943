import Dispatch
import Lifecycle
import Synchronization

/// The reason for a call of a hook's function.
struct HookCall: Sendable {
    var verb: Verb
    var target: String
    var run: Run
    /// The event, for a subscriber.
    var event: Event?
    /// A release or a proof, which may do all that releases need.
    var isRelease = false
}

/// Answers the calls of one file's Lua code into Swift, on the file's thread.
final class HookHost: @unchecked Sendable {
    // Unchecked: used by the jobs of one thread, one at a time; what other threads touch is atomic or
    // behind a mutex, and the rest is not changed after loading.

    let services: HookServices
    /// The calling state.
    weak var state: HookState?
    let file: HookFile
    private(set) var registrations: [Registration] = []
    /// The mistakes in the file's registrations.
    private(set) var mistakes: [LuaError] = []
    private(set) var call: HookCall?
    var lineOfCall: () -> Int = { 0 }
    /// Whether a replaced lock has used its session.
    let hasUsedLockSession = Atomic(false)
    /// Whether the call has used the session that may write.
    let hasUsedAdminSession = Atomic(false)
    /// The locks and transactions that the call's session that may write still holds.
    let adminHold = Mutex(SessionHold())
    /// Whether the call has started the private server on the copy.
    let hasUsedCopy = Atomic(false)
    private var usedOptions: Set<String> = []
    private var commands: [Int64: LineCommand] = [:]
    /// Programs that live until their releases.
    let processes = Mutex(SpawnedProcesses())
    let secrets: UsedSecrets
    let cancelLua = Mutex<(@Sendable () -> Void)?>(nil)
    /// Ends the operation that the call waits for; holds until the next call.
    private let interruption = Mutex(Interruption())
    private let hasComplained = Atomic(false)
    private let hasToldLoss = Atomic(false)
    /// When the call's Lua code last got something done, or nil while it waits for an operation with a limit of its
    /// own.
    private let lastSign = Mutex<ContinuousClock.Instant?>(.now)

    /// Whether the call has come to an effect that a dry run leaves out.
    private(set) var isEndedByDryRun = false
    /// Whether the call has taken longer than it may, by the machine's own clock.
    private(set) var isLate = false
    /// The end of the call's time on that clock.
    private var deadline: Double?

    private struct Interruption {
        /// The call's; nil between two calls.
        var ticket: Int?
        var isInterrupted = false
        var act: (@Sendable () -> Void)?
    }

    init(_ file: HookFile, services: HookServices) {
        self.file = file
        self.services = services
        secrets = UsedSecrets(services.secret)
    }

    func begin(_ call: HookCall, _ ticket: Int, limit: Duration?) {
        self.call = call
        (isEndedByDryRun, isLate) = (false, false)
        deadline = limit.flatMap { limit in services.machine.elapsed.map { $0 + limit.inSeconds } }
        interruption.withLock { $0 = Interruption(ticket: ticket) }
        lastSign.withLock { $0 = .now }
        if call.verb == .replace, call.target == "lock", !call.isRelease {
            hasUsedLockSession.store(false, ordering: .releasing)
        }
    }

    /// True for the first caller.
    func mayComplain() -> Bool { !hasComplained.exchange(true, ordering: .acquiringAndReleasing) }

    /// True for the first caller.
    func mayTellLoss() -> Bool { !hasToldLoss.exchange(true, ordering: .acquiringAndReleasing) }

    /// How long the call's Lua code has been busy with itself.
    var silence: Duration { lastSign.withLock { $0.map { .now - $0 } } ?? .zero }

    /// Blocks, with `act` to end it from outside.
    func blocking<Value>(_ act: @escaping @Sendable () -> Void, _ work: () throws -> Value) rethrows -> Value {
        let isLate = interruption.withLock { interruption in
            interruption.act = act
            return interruption.isInterrupted
        }
        if isLate { act() }
        lastSign.withLock { $0 = nil }
        defer {
            interruption.withLock { $0.act = nil }
            lastSign.withLock { $0 = .now }
        }
        return try work()
    }

    /// - Throws: ``LuaError`` where the hook leaves a lock or a transaction to a session that ends with it.
    func checkAdminSession() throws { try adminHold.withLock { try $0.check() } }

    /// Ends the session that may write: the hook's locks on it must not outlive the hook.
    func endAdminSession() async {
        guard hasUsedAdminSession.exchange(false, ordering: .acquiringAndReleasing) else { return }
        adminHold.withLock { $0 = SessionHold() }
        await services.endAdministration()
    }

    /// Ends the private server on the copy.
    ///
    /// - Throws: where it did not shut down in good order.
    func endCopy() async throws {
        guard hasUsedCopy.exchange(false, ordering: .acquiringAndReleasing) else { return }
        try await services.endCopy()
    }

    func end() {
        call = nil
        interruption.withLock { $0 = Interruption() }
        for command in commands.values { command.end() }
        commands = [:]
    }

    /// Ends the work of this call, and of no other: its Lua code, and the operation that it waits for.
    ///
    /// From any thread.
    func interrupt(_ ticket: Int) {
        let act = interruption.withLock { interruption -> (@Sendable () -> Void)? in
            guard interruption.ticket == ticket else { return nil }
            interruption.isInterrupted = true
            // Under the mutex, so that the call cannot have ended meanwhile.
            cancelLua.withLock { $0 }?()
            return interruption.act
        }
        act?()
    }

    /// Reports the act that a dry run skips, and ends the call there, also where its code catches the error.
    func leaveOut(_ effect: String, _ run: Run) -> DryRunEnd {
        run.note(secrets.hidden(in: effect), level: .notice)
        isEndedByDryRun = true
        cancelLua.withLock { $0 }?()
        return DryRunEnd()
    }

    /// Ends the call where the machine's own clock has come to the end of its time, as an alarm would.
    ///
    /// - Throws: ``LuaError``.
    private func checkClock() throws {
        guard let deadline, let elapsed = services.machine.elapsed, elapsed > deadline else { return }
        isLate = true
        cancelLua.withLock { $0 }?()
        throw LuaError("the call took longer than it may")
    }

    /// The result of a function, with a verdict's reason as messages may show it.
    func hidden(_ answer: LuaValue) -> LuaValue {
        guard var fields = answer.fields, let reason = fields["reason"]?.text else { return answer }
        fields["reason"] = .text(secrets.hidden(in: reason))
        return .table(fields)
    }

    /// Options of the configuration that the file did not read.
    var unknownOptions: [String] {
        let keys = Set((services.options[file.name] ?? [:]).keys).union((services.given[file.name] ?? [:]).keys)
        return keys.subtracting(usedOptions).sorted()
    }

    var knownOptions: [String] { usedOptions.sorted() }

    // MARK: Answers

    /// - Throws: the error that the hook gets.
    func answer(_ name: String, _ given: [LuaValue]) throws -> LuaValue {
        let arguments = Arguments(given)
        if let function = LibraryFunction(rawValue: name) { return try answer(function, arguments) }
        switch name {
        case "nearest":
            let among = (arguments[1].list ?? []).compactMap(\.text)
            return nearest(to: arguments[0].text ?? "", among: among).map(LuaValue.text) ?? .none
        case "register":
            registrations.append(try Registration(arguments[0], file: file, line: lineOfCall()))
        case "mistake":
            var mistake = LuaError(arguments[0].text ?? "an error that is \(arguments[0].kind)")
            (mistake.file, mistake.line) = (file.fileName, lineOfCall())
            mistakes.append(mistake)
        case "library": return .text(try HookDirectory.library(arguments[0].text ?? "", in: services.directory))
        case "duration": return .number(try Quantity.seconds(arguments[1], arguments[0].text ?? "value"))
        case "check_count": try checkCount(arguments)
        case "misspelt":
            let among = (arguments[1].list ?? []).compactMap(\.text)
            return misspelt(arguments[0].text ?? "", among: among).map(LuaValue.text) ?? .none
        case "form":
            guard let form = arguments[1].text.flatMap(APIForm.init) else { break }
            try FieldCheck.check(arguments[2], form, arguments[0].text ?? "value")
        case "time": return .integer(Int64(services.machine.time))
        case "clock": return .number(services.machine.processorTime)
        default:
            let result = Result { try answerInCall(name, arguments) }
            try checkClock()
            do { return try result.get() } catch { throw secrets.hidden(in: error) }
        }
        return .none
    }

    private func answer(_ function: LibraryFunction, _ arguments: Arguments) throws -> LuaValue {
        switch function {
        case .option: return try option(arguments[0], arguments[1])
        case .has:
            guard let feature = arguments[0].text else {
                throw LuaError("backup.has needs a name such as \"run:pipe\", not \(arguments[0].shown)")
            }
            return .bool(API.has(feature))
        case .requireAPI:
            guard arguments[0].integer == API.version else {
                throw LuaError("API \(JSONValues.short(arguments[0])) is not there, this is \(API.version)")
            }
        case .debug: log(.debug, arguments)
        case .info: log(.info, arguments)
        case .warn: log(.warn, arguments)
        case .error: log(.error, arguments)
        case .encode: return .string(try JSONValues.encode(arguments[0]))
        case .decode: return try JSONValues.decode(arguments[0])
        // The prelude puts the items into it.
        case .array: return .list([])
        }
        return .none
    }

    /// - Throws: ``LuaError`` where a function has too many arguments, or too few.
    private func checkCount(_ arguments: Arguments) throws {
        guard let name = arguments[0].text, let function = API.function(name),
            let complaint = function.complaint(Int(clamping: arguments[1].integer ?? 0), name)
        else { return }
        throw LuaError(complaint)
    }

    private func option(_ key: LuaValue, _ standard: LuaValue) throws -> LuaValue {
        guard let key = key.text, !key.isEmpty else { throw LuaError("backup.option needs a name") }
        usedOptions.insert(key)
        if let text = services.given[file.name]?[key] {
            let what = "--set \(file.name).\(key)"
            return try Quantity.option(try Quantity.value(of: text, like: standard, what), like: standard, what)
        }
        let given = services.options[file.name]?[key] ?? .none
        guard !given.isNone || !standard.isNone else {
            throw LuaError(
                "the option \(key) is not set, and has no default: set it under [hooks.\(file.name)], or by --set \(file.name).\(key)=VALUE"
            )
        }
        return try Quantity.option(given, like: standard, "[hooks.\(file.name)] \(key)")
    }

    private func log(_ level: LibraryFunction, _ arguments: Arguments) {
        let fields = (arguments[1].fields ?? [:]).sorted { $0.key < $1.key }
        let rest = fields.map { " \($0.key)=\(JSONValues.short($0.value))" }
        let line = secrets.hidden(in: "\(file.name): \(arguments[0].text ?? "")\(rest.joined())")
        guard let run = call?.run else { return services.noteAtLoad(line) }
        // A subscriber to messages would receive this one, and so on.
        switch call?.event?.fact {
        case .message, .warning: return
        default: break
        }
        switch level {
        case .debug: run.note(line, level: .debug)
        case .warn: run.warn(line)
        case .error: run.note(line, level: .notice)
        default: run.note(line)
        }
    }

    // MARK: Waiting

    /// Waits, on the file's own thread, for asynchronous work in Swift; the call's interruption ends it.
    ///
    /// - Throws: the error of `work`.
    func wait<Value: Sendable>(_ work: @escaping @Sendable () async throws -> Value) throws -> Value {
        let done = DispatchSemaphore(value: 0)
        let result = Mutex<Result<Value, any Error>?>(nil)
        let task = Task.detached {
            let outcome: Result<Value, any Error>
            do { outcome = .success(try await work()) } catch { outcome = .failure(error) }
            result.withLock { $0 = outcome }
            done.signal()
        }
        blocking(task.cancel) { done.wait() }
        guard let outcome = result.withLock({ $0 }) else { throw CancellationError() }
        return try outcome.get()
    }

    func keep(_ command: LineCommand) -> Int64 {
        let handle = Int64(commands.count + 1)
        commands[handle] = command
        return handle
    }

    func command(_ handle: LuaValue) throws -> LineCommand {
        guard let command = handle.integer.flatMap({ commands[$0] }) else { throw LuaError("no such command") }
        return command
    }
}
