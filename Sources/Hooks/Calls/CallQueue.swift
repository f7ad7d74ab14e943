/// The purpose of a call into a hook file: a greater one gets its turn sooner.
enum CallRank: Int, Comparable, Sendable {
    /// A subscriber receives an event; the run does not wait for it.
    case event
    /// The run waits for it.
    case step
    /// A release, a proof or a check: it has to come through.
    case release

    static func < (left: CallRank, right: CallRank) -> Bool { left.rawValue < right.rawValue }
}

/// The calls into one hook file: the running one, and those that wait for their turn.
struct CallQueue: Sendable {
    /// The reason why a call was ended early.
    enum Interruption: Sendable {
        case timedOut, cancelled
        /// For one of a greater rank.
        case madeWay
    }

    struct Waiting: Sendable {
        let ticket: Int
        let rank: CallRank
        let start: @Sendable (_ ticket: Int) -> Void
        let giveUp: @Sendable (any Error) -> Void
    }

    struct Running: Sendable {
        let ticket: Int
        let rank: CallRank
        let giveUp: @Sendable (any Error) -> Void
        var interruption: Interruption?
    }

    private(set) var isAbandoned = false
    private(set) var running: Running?
    private var waiting: [Waiting] = []
    private var tickets = 0

    /// - Throws: ``HookLate/before`` where nothing gets a turn any more.
    mutating func enter(
        _ rank: CallRank,
        start: @escaping @Sendable (_ ticket: Int) -> Void,
        giveUp: @escaping @Sendable (any Error) -> Void
    ) throws -> Int {
        guard !isAbandoned else { throw HookLate.before }
        tickets += 1
        waiting.append(Waiting(ticket: tickets, rank: rank, start: start, giveUp: giveUp))
        return tickets
    }

    /// Gives the turn to the first call of the greatest rank; nil where none waits.
    mutating func next() -> Waiting? {
        guard !isAbandoned, let rank = waiting.map(\.rank).max(),
            let index = waiting.firstIndex(where: { $0.rank == rank })
        else { return nil }
        let call = waiting.remove(at: index)
        running = Running(ticket: call.ticket, rank: call.rank, giveUp: call.giveUp)
        return call
    }

    /// The end of a turn; nil where it was left behind before.
    mutating func leave(_ ticket: Int) -> Running? {
        guard running?.ticket == ticket else { return nil }
        defer { running = nil }
        return running
    }

    /// Takes a call out that has not had its turn; it never will.
    mutating func withdraw(_ ticket: Int) -> Waiting? {
        waiting.firstIndex { $0.ticket == ticket }.map { waiting.remove(at: $0) }
    }

    /// Notes why the call that has its turn is ended; false where that is another one.
    ///
    /// The first reason stays.
    mutating func interrupt(_ ticket: Int, _ interruption: Interruption) -> Bool {
        guard running?.ticket == ticket else { return false }
        if running?.interruption == nil { running?.interruption = interruption }
        return true
    }

    /// The call of a lesser rank that keeps this one waiting.
    func obstacle(of ticket: Int) -> Int? {
        guard let running, let call = waiting.first(where: { $0.ticket == ticket }), running.rank < call.rank
        else { return nil }
        return running.ticket
    }

    /// Leaves the running call behind, and with it all waiting calls; nil where it has ended.
    mutating func abandon(_ ticket: Int) -> (late: Running, waiting: [Waiting])? {
        guard let late = leave(ticket) else { return nil }
        isAbandoned = true
        defer { waiting = [] }
        return (late, waiting)
    }
}
