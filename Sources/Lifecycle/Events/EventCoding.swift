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
    package var kind: Kind {
        switch self {
        case .started: .started
        case .stepStarted: .stepStarted
        case .stepFinished: .stepFinished
        case .message: .message
        case .retrying: .retrying
        case .locked: .locked
        case .unlocked: .unlocked
        case .snapshotted: .snapshotted
        case .snapshotUsage: .snapshotUsage
        case .mounted: .mounted
        case .recovered: .recovered
        case .progress: .progress
        case .warning: .warning
        case .releasing: .releasing
        case .released: .released
        case .leaked: .leaked
        case .archived: .archived
        case .published: .published
        case .retained: .retained
        case .verified: .verified
        case .restored: .restored
        case .abandoned: .abandoned
        case .succeeded: .succeeded
        case .vetoed: .vetoed
        case .deferred: .deferred
        case .failed: .failed
        case .finished: .finished
        }
    }

    private enum Keys: String, CodingKey {
        case event, attempt, bytes, clean, device
        case dryRun = "dry_run"
        case ending, failure, files
        case heldSeconds = "held_seconds"
        case hook, host, kind, leak, location, message, name, of, outcome, path, plan, progress, reason, restoration,
            retention,
            seconds, set, step, text, usage, verification, wait
        case waitedSeconds = "waited_seconds"
    }
}

extension Fact: Codable {
    /// Reads a fact, as ``encode(to:)`` writes it.
    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: Keys.self)
        func get<Value: Decodable>(_ key: Keys) throws -> Value { try values.decode(Value.self, forKey: key) }
        switch try values.decode(Kind.self, forKey: .event) {
        case .started: self = .started(host: try get(.host), dryRun: try get(.dryRun), kind: try get(.kind))
        case .stepStarted: self = .stepStarted(try get(.step))
        case .stepFinished: self = .stepFinished(try get(.step), seconds: try get(.seconds), ending: try get(.ending))
        case .message: self = .message(try get(.message))
        case .retrying:
            self = .retrying(
                try get(.step),
                reason: try get(.reason),
                attempt: try get(.attempt),
                of: try get(.of),
                wait: try get(.wait)
            )
        case .locked:
            self = .locked(plan: try get(.plan), reason: try get(.reason), waitedSeconds: try get(.waitedSeconds))
        case .unlocked: self = .unlocked(heldSeconds: try get(.heldSeconds))
        case .snapshotted:
            self = .snapshotted(name: try get(.name), device: try get(.device), seconds: try get(.seconds))
        case .snapshotUsage: self = .snapshotUsage(try get(.usage))
        case .mounted: self = .mounted(path: try get(.path))
        case .recovered: self = .recovered(clean: try get(.clean))
        case .progress: self = .progress(try get(.progress))
        case .warning: self = .warning(try get(.text))
        case .releasing: self = .releasing(name: try get(.name))
        case .released: self = .released(name: try get(.name), seconds: try get(.seconds))
        case .leaked: self = .leaked(try get(.leak))
        case .archived: self = .archived(location: try get(.location), bytes: try get(.bytes), files: try get(.files))
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

    /// Writes the fields of the fact.
    public func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: Keys.self)
        func put(_ value: some Encodable, _ key: Keys) throws { try values.encode(value, forKey: key) }
        try put(kind, .event)
        switch self {
        case .started(let host, let dryRun, let kind):
            try put(kind, .kind)
            try put(host, .host)
            try put(dryRun, .dryRun)
        case .stepStarted(let step):
            try put(step, .step)
        case .stepFinished(let step, let seconds, let ending):
            try put(step, .step)
            try put(seconds, .seconds)
            try put(ending, .ending)
        case .message(let message):
            try put(message, .message)
        case .retrying(let step, let reason, let attempt, let limit, let wait):
            try put(step, .step)
            try put(reason, .reason)
            try put(attempt, .attempt)
            try put(limit, .of)
            try put(wait, .wait)
        case .locked(let plan, let reason, let waitedSeconds):
            try put(plan, .plan)
            try put(reason, .reason)
            try put(waitedSeconds, .waitedSeconds)
        case .unlocked(let heldSeconds):
            try put(heldSeconds, .heldSeconds)
        case .snapshotted(let name, let device, let seconds):
            try put(name, .name)
            try put(device, .device)
            try put(seconds, .seconds)
        case .snapshotUsage(let usage):
            try put(usage, .usage)
        case .mounted(let path):
            try put(path, .path)
        case .recovered(let clean):
            try put(clean, .clean)
        case .progress(let progress):
            try put(progress, .progress)
        case .warning(let text):
            try put(text, .text)
        case .releasing(let name):
            try put(name, .name)
        case .released(let name, let seconds):
            try put(name, .name)
            try put(seconds, .seconds)
        case .leaked(let leak):
            try put(leak, .leak)
        case .archived(let location, let bytes, let files):
            try put(location, .location)
            try put(bytes, .bytes)
            try put(files, .files)
        case .published(let set):
            try put(set, .set)
        case .retained(let retention):
            try put(retention, .retention)
        case .verified(let verification):
            try put(verification, .verification)
        case .restored(let restoration):
            try put(restoration, .restoration)
        case .abandoned(let hook):
            try put(hook, .hook)
        case .succeeded: break
        case .vetoed(let failure):
            try put(failure, .failure)
        case .deferred(let failure):
            try put(failure, .failure)
        case .failed(let failure):
            try put(failure, .failure)
        case .finished(let outcome):
            try put(outcome, .outcome)
        }
    }
}
