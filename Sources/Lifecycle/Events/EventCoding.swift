/// An event as JSON: one flat object, keys in snake case, the kind of fact under "event".
///
/// Readers have to ignore keys that they do not know; a change of meaning raises ``schema``.
extension Event: Codable {
    /// The version of the form.
    public static let schema = 1

    private enum Keys: String, CodingKey {
        case run
        case sequence = "seq"
        case time, monotonic
    }

    /// Reads an event, as ``encode(to:)`` writes it.
    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: Keys.self)
        self.init(
            run: try values.decode(String.self, forKey: .run),
            sequence: try values.decode(Int.self, forKey: .sequence),
            time: try values.decode(Double.self, forKey: .time),
            monotonic: try values.decode(Double.self, forKey: .monotonic),
            fact: try Fact(from: decoder)
        )
    }

    /// Writes the event as one object, with the fields of its fact beside those of the event.
    public func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: Keys.self)
        try values.encode(run, forKey: .run)
        try values.encode(sequence, forKey: .sequence)
        try values.encode(time, forKey: .time)
        try values.encode(monotonic, forKey: .monotonic)
        try fact.encode(to: encoder)
    }
}

extension Fact {
    /// The kind of a fact, as JSON spells it.
    package enum Kind: String, CaseIterable, Codable, Sendable {
        case started
        case stepStarted = "step_started"
        case stepFinished = "step_finished"
        case message, retrying, locked, unlocked, snapshotted
        case snapshotUsage = "snapshot_usage"
        case mounted, recovered, progress, warning, releasing, released, leaked, archived, published, retained,
            verified, restored, abandoned, succeeded, vetoed, deferred, failed, finished
    }

    /// The kind of the fact.
    package var kind: Kind { form.kind }

    /// The kind of the fact, and its fields.
    private var form: (kind: Kind, fields: any Encodable) {
        switch self {
        case .started(let fields): (.started, fields)
        case .stepStarted(let step): (.stepStarted, Field(.step, step))
        case .stepFinished(let fields): (.stepFinished, fields)
        case .message(let message): (.message, Field(.message, message))
        case .retrying(let fields): (.retrying, fields)
        case .locked(let fields): (.locked, fields)
        case .unlocked(let held): (.unlocked, Field(.heldSeconds, held))
        case .snapshotted(let fields): (.snapshotted, fields)
        case .snapshotUsage(let usage): (.snapshotUsage, Field(.usage, usage))
        case .mounted(let path): (.mounted, Field(.path, path))
        case .recovered(let clean): (.recovered, Field(.clean, clean))
        case .progress(let progress): (.progress, Field(.progress, progress))
        case .warning(let text): (.warning, Field(.text, text))
        case .releasing(let name): (.releasing, Field(.name, name))
        case .released(let fields): (.released, fields)
        case .leaked(let leak): (.leaked, Field(.leak, leak))
        case .archived(let fields): (.archived, fields)
        case .published(let set): (.published, Field(.set, set))
        case .retained(let retention): (.retained, Field(.retention, retention))
        case .verified(let verification): (.verified, Field(.verification, verification))
        case .restored(let restoration): (.restored, Field(.restoration, restoration))
        case .abandoned(let hook): (.abandoned, Field(.hook, hook))
        case .succeeded: (.succeeded, NoFields())
        case .vetoed(let failure): (.vetoed, Field(.failure, failure))
        case .deferred(let failure): (.deferred, Field(.failure, failure))
        case .failed(let failure): (.failed, Field(.failure, failure))
        case .finished(let outcome): (.finished, Field(.outcome, outcome))
        }
    }

    private enum Keys: String, CodingKey {
        case event, clean, failure
        case heldSeconds = "held_seconds"
        case hook, leak, message, name, outcome, path, progress, restoration, retention, set, step, text, usage,
            verification
    }

    /// The only field of a fact.
    private struct Field: Encodable {
        let key: Keys
        let value: any Encodable

        init(_ key: Keys, _ value: any Encodable) {
            self.key = key
            self.value = value
        }

        func encode(to encoder: any Encoder) throws {
            var values = encoder.container(keyedBy: Keys.self)
            try values.encode(value, forKey: key)
        }
    }

    private struct NoFields: Encodable {}
}

extension Fact: Codable {
    /// Writes the fields of the fact, and its kind under "event".
    public func encode(to encoder: any Encoder) throws {
        let form = form
        var values = encoder.container(keyedBy: Keys.self)
        try values.encode(form.kind, forKey: .event)
        try form.fields.encode(to: encoder)
    }

    /// Reads a fact, as ``encode(to:)`` writes it.
    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: Keys.self)
        func get<Value: Decodable>(_ key: Keys) throws -> Value { try values.decode(Value.self, forKey: key) }
        switch try values.decode(Kind.self, forKey: .event) {
        case .started: self = .started(try Started(from: decoder))
        case .stepStarted: self = .stepStarted(try get(.step))
        case .stepFinished: self = .stepFinished(try StepFinished(from: decoder))
        case .message: self = .message(try get(.message))
        case .retrying: self = .retrying(try Retrying(from: decoder))
        case .locked: self = .locked(try Locked(from: decoder))
        case .unlocked: self = .unlocked(heldSeconds: try get(.heldSeconds))
        case .snapshotted: self = .snapshotted(try Snapshotted(from: decoder))
        case .snapshotUsage: self = .snapshotUsage(try get(.usage))
        case .mounted: self = .mounted(path: try get(.path))
        case .recovered: self = .recovered(clean: try get(.clean))
        case .progress: self = .progress(try get(.progress))
        case .warning: self = .warning(try get(.text))
        case .releasing: self = .releasing(name: try get(.name))
        case .released: self = .released(try Released(from: decoder))
        case .leaked: self = .leaked(try get(.leak))
        case .archived: self = .archived(try Archived(from: decoder))
        case .published: self = .published(try get(.set))
        case .retained: self = .retained(try get(.retention))
        case .verified: self = .verified(try get(.verification))
        case .restored: self = .restored(try get(.restoration))
        case .abandoned: self = .abandoned(hook: try get(.hook))
        case .succeeded: self = .succeeded
        case .vetoed: self = .vetoed(try get(.failure))
        case .deferred: self = .deferred(try get(.failure))
        case .failed: self = .failed(try get(.failure))
        case .finished: self = .finished(try get(.outcome))
        }
    }
}
