import Lifecycle

/// The knowledge about a value in a hook file without running it.
indirect enum ScanValue {
    case unknown
    case run(ScanPlace)
    /// A table whose fields are listed; `what` is how messages call it.
    case record([APIField], what: String, mayBeNil: Bool = false)
    case list(of: ScanValue, what: String, mayBeNil: Bool = true)
    /// The answer of a query; its columns where they are known.
    case rows([String]?)
    case row([String]?)
    /// A value of a row.
    case column(String)
    /// The run of a call that has ended, when this code runs.
    case pastRun
    /// A function of a library, such as "log.info".
    case global(String)
    /// A value of a known kind.
    case typed(LuaKind, what: String)
    /// The result of a function that returns nothing.
    case nothing(of: String, line: Int)
    case field(APIField, what: String)
    case constant(LuaConstant)
    case vars
    case files
    /// A method of run, not called yet.
    case method(String)
    /// A global table with these members.
    case library(String, [String])
    case function(LuaFunction, ScanScope)
    /// A table of functions.
    case members(ScanMembers)
    /// `run:veto(…)` and the like.
    case verdict
    /// `run:secret(…)`, alone or joined to a text.
    case secret

    init(_ field: APIField, what: String) {
        guard let record = field.record else {
            let item = field.items?.kind.map { ScanValue.typed($0, what: "an item of \(what)") } ?? .unknown
            self =
                field.type == .list
                ? .list(of: item, what: what, mayBeNil: !field.isRequired) : .field(field, what: what)
            return
        }
        let mayBeNil = !field.isRequired && field.since == nil
        let table = ScanValue.record(record.fields, what: what, mayBeNil: field.type == .table && mayBeNil)
        self = field.type == .list ? .list(of: table, what: what, mayBeNil: mayBeNil) : table
    }
}

/// The place of a function's call: the known values and the allowed acts there.
struct ScanPlace {
    let verb: Verb
    let target: String
    /// A release or a proof, which may do all that releases need.
    var isRelease = false
    /// Whether the code catches errors: then a field that is not there yet may be asked for.
    var isProtected = false
    /// Of a function that other files may call: nothing is known of the step.
    var isAnywhere = false
    /// How long the hook may take; nil: not known, or without a limit.
    var limit: Duration?

    /// Where a library's function may be called.
    static let anywhere = ScanPlace(verb: .before, target: "", isProtected: true, isAnywhere: true)

    /// The current step; nil where it is not known.
    var step: StepName? {
        switch verb {
        case .before, .replace, .after: StepName(rawValue: target)
        case .filter: FilterName(rawValue: target)?.step
        case .on: nil
        }
    }

    /// Whether the lock is surely held.
    var isUnderLock: Bool {
        switch (verb, step) {
        case (.before, .snapshot), (.replace, .snapshot), (.after, .lock): !isRelease
        default: false
        }
    }

    /// Why a field is surely not there; nil where it may be.
    ///
    /// - Parameter isOfSet: whether it is there from the beginning in a run on a set.
    func lack(of field: APIField, _ what: String, isOfSet: Bool) -> String? {
        guard !isRelease, !isProtected, let step, let since = field.since else { return nil }
        let kinds = RunKind.allCases.filter { $0.steps.contains(step) }
        let mayBeThere = kinds.contains { kind in
            switch kind {
            case .backup: verb == .after ? step >= since : step > since
            case .restore, .verify: isOfSet || kind.steps.contains(since)
            }
        }
        if mayBeThere { return nil }
        guard kinds.contains(where: { $0.steps.contains(since) }) else {
            return "\(what) is not there in a \(kinds.map(\.rawValue).joined(separator: ", "))"
        }
        return "\(what) is there after step \(since.rawValue)"
    }

    /// Whether a field of `run` may be nil in a listener: an event may come before its step.
    func mayLack(_ field: RunField) -> Bool {
        guard verb == .on, !isProtected, let event = Fact.Kind(rawValue: target) else { return false }
        switch (field, event) {
        case (.error, .failed), (.error, .vetoed), (.error, .deferred), (_, .succeeded): return false
        case (.error, _), (.restore, _): return true
        default: break
        }
        guard let since = field.row.since else { return false }
        if let until = field.row.until, let step = event.step, step > until { return true }
        return event.step.map { $0 < since } ?? true
    }

    /// Whether a field that ends with a step of a backup is surely gone.
    func isPast(_ until: StepName) -> Bool {
        guard !isRelease, !isProtected, let step else { return false }
        return step > until && step <= .retain
    }
}

/// The names that a block of code sees.
final class ScanScope {
    private var values: [String: ScanValue] = [:]
    private let outer: ScanScope?
    /// Whether there may be more names than are known here.
    private let isOpen: Bool

    init(inside outer: ScanScope? = nil, isOpen: Bool = false) { (self.outer, self.isOpen) = (outer, isOpen) }

    func declare(_ name: String, _ value: ScanValue = .unknown) { values[name] = value }

    /// Nil for a global.
    subscript(_ name: String) -> ScanValue? { values[name] ?? outer?[name] ?? (isOpen ? .unknown : nil) }

    /// The names under which a run is known.
    var runNames: [String] {
        let own = values.compactMap { name, value in
            if case .run = value { name } else { nil }
        }
        return own + (outer?.runNames ?? [])
    }

    /// A variable that is set again may be anything.
    func assign(_ name: String, _ value: ScanValue = .unknown) {
        if values[name] != nil { values[name] = value } else { outer?.assign(name, value) }
    }
}
