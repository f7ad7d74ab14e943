package import Lifecycle

/// The kind of value of a field, an option or a result.
package enum APIType: String, Sendable {
    case any, boolean, duration, function, integer, list, number, proof, release, string, table
    /// A string, or one with secrets in it.
    case text

    /// As the language server's annotations spell it.
    package var annotation: String {
        switch self {
        case .duration: "number|string"
        case .function: "function"
        case .list: "any[]"
        case .proof: "lvmbackup.Process|fun(run: lvmbackup.Run)"
        case .release: "lvmbackup.Release|lvmbackup.Process|fun(run: lvmbackup.Run)"
        case .text: "string|number|lvmbackup.Secret"
        default: rawValue
        }
    }

    /// How a message calls a value of this kind.
    var noun: String {
        switch self {
        case .any: "a value"
        case .duration: "a time such as 30, \"30s\" or \"5m\""
        case .integer: "a whole number"
        case .proof: "a function or a process"
        case .release: "a table, a function or a process"
        case .table: "a table with names"
        case .text: "a string"
        case .boolean, .function, .list, .number, .string: "a \(rawValue)"
        }
    }
}

/// A named value: of the run, of an options table, of an event, of a result.
package struct APIField: Sendable {
    package var name: String
    package var type: APIType
    package var isRequired = false
    /// The step from whose end on it is there; nil: always.
    package var since: StepName?
    /// The step after whose end it is gone; nil: it stays.
    package var until: StepName?
    /// The kind of the items of a list, or of the values of a table with any names; nil: any.
    package var items: APIType?
    /// The words that the value is one of; nil: any.
    package var words: [String]?
    /// The words that the built-in providers use, where a hook may use others.
    package var usual: [String] = []
    /// The fields of the table, or of each table in the list; nil where any key may be there.
    package var record: APIRecord?
    /// The rule that the value follows beyond its type; of a list, each item.
    package var form: APIForm?
    package var meaning: String

    init(
        _ name: String,
        _ type: APIType,
        of record: APIRecord? = nil,
        items: APIType? = nil,
        words: [String]? = nil,
        usual: [String] = [],
        form: APIForm? = nil,
        required: Bool = false,
        since: StepName? = nil,
        until: StepName? = nil,
        _ meaning: String
    ) {
        self.name = name
        self.items = items
        self.words = words
        self.usual = usual
        self.form = form
        self.until = until
        self.type = type
        self.record = record
        self.isRequired = required
        self.since = since
        self.meaning = meaning
    }
}

extension APIField {
    /// The same field where it is known to be there.
    var required: APIField {
        var field = self
        field.isRequired = true
        return field
    }
}

/// The words of an enumeration, in its order.
func allWords<Word: CaseIterable & RawRepresentable<String>>(of: Word.Type) -> [String] {
    Word.allCases.map(\.rawValue)
}

/// The five words that bind a function to a run.
package enum Verb: String, CaseIterable, Sendable {
    case before, replace, after, filter, on
}

/// A function that a hook may call as `run:NAME(…)`, `run.fs.NAME(…)`, `json.NAME(…)`.
package struct APIFunction: Sendable {
    package var name: String
    package var parameters: String
    package var returns: String
    /// The fields of the table that it returns; nil where it returns no table, or one with any key.
    package var record: APIRecord?
    /// The fields of the table that it takes as its first argument; nil where it takes none.
    package var argument: [APIField]?
    /// The verbs in whose functions it may be called.
    package var verbs: Set<Verb>
    /// Whether it is refused while the lock is held.
    package var isRefusedUnderLock = false
    package var meaning: String

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

extension APIFunction {
    /// Parameters that a call may leave out.
    static let optional: Set<String> = ["default", "fields", "mode", "options"]

    private var names: [String] { parameters.split(separator: ", ").map(String.init) }

    /// The smallest number of arguments.
    var least: Int { names.count { !Self.optional.contains($0) && $0 != "…" } }

    /// The largest number of arguments; nil: any.
    var most: Int? { names.contains("…") ? nil : names.count }

    /// Why a call with this number of arguments is wrong; nil: it is right.
    ///
    /// - Parameter name: how messages call the function.
    func complaint(_ count: Int, _ name: String) -> String? {
        let isTooMany = most.map { count > $0 } ?? false
        guard isTooMany || count < least else { return nil }
        let number =
            switch (least, most) {
            case (0, 0): "no argument"
            case (1, 1): "one argument"
            case (let least, nil): "\(least) or more arguments"
            case (let least, let most?): least == most ? "\(most) arguments" : "\(least) to \(most) arguments"
            }
        let advice =
            isTooMany && argument != nil && most == 1 ? ": its options stand in the same table, { …, timeout = 5 }" : ""
        return "\(name)(\(parameters)) takes \(number), not \(count)\(advice)"
    }
}

extension Set<Verb> {
    static var all: Set<Verb> { Set(Verb.allCases) }
}
