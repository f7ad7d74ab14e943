import Host
import Lifecycle
import Synchronization

/// One Lua state of a test file, with the hook file that it tests.
///
/// For one thread.
final class TestState {
    /// The memory that Lua code may allocate, in bytes.
    private static let memoryLimit = 64 << 20

    private let files: TestFiles
    private let fixture: CaseFixture
    /// The values that are neither the kit's nor a fake's.
    private let language: FileLibrary
    private var lua: LuaState?
    private var dispatch: LuaState.Function?
    private(set) var cases: [(name: String, line: Int)] = []
    /// The messages beside the last error from a hook.
    private var advice: (message: String, text: String)?

    init(_ files: TestFiles, rules: FilterRules) {
        self.files = files
        fixture = CaseFixture(files.hook, directory: files.directory, rules: rules)
        var services = fixture.services
        services.directory = files.directory
        language = FileLibrary(files.test, services, UsedSecrets(services.secret))
    }

    /// - Throws: ``LuaError``.
    func load(limit: Duration) throws {
        let lua = try LuaState(memory: Self.memoryLimit) { [unowned self] in try answer($0, $1) }
        self.lua = lua
        dispatch = try Prelude.tests.load(into: lua)
        lua.limit(limit)
        _ = try call([.text("load"), .text(files.test.text), .text("@\(files.test.fileName)")])
    }

    /// - Parameter name: the name of a case.
    /// - Returns: nil where the case passed.
    func run(_ name: String, limit: Duration) -> TestFailure? {
        lua?.limit(limit)
        let result = Result { try call([.text("run"), .text(name)]) }
        // The calls below have their own time, also where the case has timed out.
        lua?.limit(limit)
        do {
            let complaints = try call([.text("complaints")])
            let (broken, unfaked) = (complaints["broken"], (complaints["unfaked"].list ?? []).compactMap(\.text))
            if let message = broken["message"].text {
                let line = broken["line"].integer.map { Int($0) }
                return TestFailure(message: message, file: files.test.fileName, line: line)
            }
            _ = try result.get()
            return unfaked.isEmpty ? nil : TestFailure(message: unfaked.joined(separator: "\n"))
        } catch {
            return failure(error, limit)
        }
    }

    private func failure(_ error: any Error, _ limit: Duration) -> TestFailure {
        guard let error = error as? LuaError else { return TestFailure(message: Failure(error).message) }
        var failure = TestFailure(message: error.message, file: error.file, line: error.line)
        if error.cause == .outOfTime { failure.message = "it took longer than \(limit.inSeconds.formatted) s" }
        if let advice, advice.message == error.message { failure.detail = advice.text }
        return failure
    }

    private func call(_ arguments: [LuaValue]) throws -> LuaValue {
        guard let lua, let dispatch else { throw LuaError("the file was not loaded") }
        return try lua.call(dispatch, arguments)
    }

    // MARK: Answers

    private func answer(_ name: String, _ arguments: [LuaValue]) throws -> LuaValue {
        func argument(_ index: Int) -> LuaValue { index < arguments.count ? arguments[index] : .none }
        func text(_ index: Int) throws -> String {
            guard let text = argument(index).text else { throw LuaError("a name is missing") }
            return text
        }
        let fixture = fixture
        switch name {
        case "case": cases.append((try text(0), lua?.line ?? 0))
        case "line": return .integer(Int64(lua?.line ?? 0))
        case "fake_options": try fixture.setOptions(argument(0))
        case "fake_run": try fixture.setRun(argument(0))
        case "fake_var": return fixture.services.variables.value(at: argument(0).list ?? [])
        case "fake_set_var": try fixture.services.variables.set(argument(0).list ?? [], argument(1))
        case "now":
            let now = fixture.machine.clock.now
            return Int64(exactly: now).map(LuaValue.integer) ?? .number(now)
        case "set_clock": try fixture.machine.clock.set(argument(0))
        case "advance": fixture.machine.clock.advance(argument(0).number ?? 0)
        case "fake_load":
            return perform {
                _ = try await fixture.loaded()
                return .none
            }
        case "fake_call":
            let target = try text(0)
            return perform { try await fixture.call(target) }
        case "fake_filter":
            let (filter, value) = (try text(0), argument(1))
            return perform { try await fixture.filter(filter, value) }
        case "fake_event":
            let (event, fields) = (try text(0), argument(1))
            return perform { try await fixture.event(event, fields) }
        case "fake_invoke":
            let function = argument(0).integer ?? 0
            return perform { try await fixture.invoke(function) }
        case "fake_undo":
            let number = Int(clamping: argument(0).integer ?? 0)
            return perform { try await fixture.undo(number) }
        case "register", "mistake": throw LuaError("a test has no \"\(name)\"")
        default:
            guard let answer = try language.answer(name, Arguments(arguments), line: { lua?.line ?? 0 }) else {
                throw LuaError("run is there only while a hook is called")
            }
            return answer
        }
        return .none
    }

    /// Lets hooks run, and answers their questions to the test's fakes meanwhile.
    private func perform(_ work: @escaping @Sendable () async throws -> LuaValue) -> LuaValue {
        var fields: [String: LuaValue]
        do {
            let value = try fixture.machine.exchange.serve(work) { try effect($0) }
            fields = fixture.heard.take()
            fields["value"] = value
        } catch {
            let failure = Failure(error)
            advice = failure.advice.map { (failure.message, $0) }
            fields = fixture.heard.take()
            fields["error"] = .text(failure.message)
        }
        fields["outcome"] = .text(fixture.state.withLock { $0.outcome }.rawValue)
        return .table(fields)
    }

    /// - Throws: the fake's error, as the hook gets it: without the test's place.
    private func effect(_ arguments: [LuaValue]) throws -> LuaValue {
        do { return try call([.text("effect")] + arguments) } catch let error as LuaError {
            throw LuaError(error.message)
        }
    }
}
