import Synchronization

/// The calls of hooks and providers in a run, with answers and times: it shows which hook caused a result.
///
/// A run without one pays nothing for it.
public final class HookTrace: Sendable {
    /// One call of a hook or provider.
    public struct Asked: Sendable, Equatable {
        /// The verb, "on" and "built-in" among them.
        public var verb: String
        /// The name of the hook or provider.
        public var name: String
        /// Its place, such as "10-lag.lua:3"; nil where unknown.
        public var place: String?

        init(_ verb: String, _ name: String, _ place: String?) {
            self.verb = verb
            self.name = name
            self.place = place
        }
    }

    /// One question.
    public struct Entry: Sendable, Equatable {
        /// The step in which it was asked; nil for a subscriber, which no step waits for.
        public var step: StepName?
        /// The call.
        public var asked: Asked
        /// The answer, in words.
        public var answer: String
        /// Nil: not asked, because of a dry run.
        public var seconds: Double?
    }

    private let all = Mutex<[Entry]>([])

    /// Creates an empty trace.
    public init() {}

    /// Every call so far, in the order in which they ended.
    public var entries: [Entry] { all.withLock { $0 } }

    func add(_ entry: Entry) { all.withLock { $0.append(entry) } }
}

/// Does the work, and notes its result in the trace, where there is one.
func traced<Value>(
    _ trace: HookTrace?,
    _ step: StepName?,
    _ asked: @autoclosure () -> HookTrace.Asked,
    _ answer: (Value) -> String,
    _ work: () async throws -> Value
) async throws -> Value {
    guard let trace else { return try await work() }
    let start = ContinuousClock.now
    func note(_ answer: String) {
        let seconds = (ContinuousClock.now - start).inSeconds
        trace.add(HookTrace.Entry(step: step, asked: asked(), answer: answer, seconds: seconds))
    }
    do {
        let value = try await work()
        note(answer(value))
        return value
    } catch {
        note("failed: \(Failure(error).message)")
        throw error
    }
}

extension Verdict {
    /// As a trace shows it.
    var asAnswer: String {
        switch self {
        case .proceed: "proceeds"
        case .veto(let reason): "veto: \(reason)"
        case .defer(let reason): "defer: \(reason)"
        case .skip(let reason): "skip: \(reason)"
        case .retry(let reason, _, _): "retry: \(reason)"
        }
    }
}

extension Provision {
    /// As a trace shows it.
    var asAnswer: String {
        switch self {
        case .result: "result"
        case .declined(let reason): "declines: \(reason)"
        }
    }
}
