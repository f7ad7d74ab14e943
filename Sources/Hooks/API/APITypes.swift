public import Lifecycle

/// What kind of value a field, an option or a result is.
public enum APIType: String, Sendable {
    case any, boolean, duration, function, integer, list, number, proof, release, string, table

    /// As the language server's annotations spell it.
    public var annotation: String {
        switch self {
        case .duration: "number|string"
        case .function: "function"
        case .list: "any[]"
        case .proof: "lvmbackup.Process|fun(run: lvmbackup.Run)"
        case .release: "lvmbackup.Release|lvmbackup.Process|fun(run: lvmbackup.Run)"
        default: rawValue
        }
    }
}

/// A named value: of the run, of an options table, of an event, of a result.
public struct APIField: Sendable {
    public var name: String
    public var type: APIType
    public var isRequired = false
    /// The step from whose end on it is there; nil: always.
    public var since: StepName?
    /// The fields of the table, or of each table in the list; nil where any key may be there.
    public var record: APIRecord?
    public var meaning: String

    init(
        _ name: String,
        _ type: APIType,
        of record: APIRecord? = nil,
        required: Bool = false,
        since: StepName? = nil,
        _ meaning: String
    ) {
        self.name = name
        self.type = type
        self.record = record
        self.isRequired = required
        self.since = since
        self.meaning = meaning
    }
}

/// The five words that bind a function to a run.
public enum Verb: String, CaseIterable, Sendable {
    case before, replace, after, filter, on
}

/// A function that a hook may call as `run:NAME(…)`, `run.fs.NAME(…)`, `json.NAME(…)`.
public struct APIFunction: Sendable {
    public var name: String
    public var parameters: String
    public var returns: String
    /// The fields of the table that it returns; nil where it returns no table, or one with any key.
    public var record: APIRecord?
    /// The fields of the table that it takes as its first argument; nil where it takes none.
    public var argument: [APIField]?
    /// The verbs in whose functions it may be called.
    public var verbs: Set<Verb>
    /// Whether it is refused while the lock is held.
    public var isRefusedUnderLock = false
    public var meaning: String

    init(
        _ name: String,
        _ parameters: String = "",
        returns: String = "nil",
        record: APIRecord? = nil,
        argument: [APIField]? = nil,
        verbs: Set<Verb> = [.before, .replace, .after, .filter],
        underLock: Bool = true,
        _ meaning: String
    ) {
        self.name = name
        self.parameters = parameters
        self.returns = returns
        self.record = record
        self.argument = argument
        self.verbs = verbs
        self.isRefusedUnderLock = !underLock
        self.meaning = meaning
    }
}

extension Set<Verb> {
    static var all: Set<Verb> { Set(Verb.allCases) }
}
