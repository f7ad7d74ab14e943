import Lifecycle

/// The calls into one hook file: the running one, and those that wait for their turn.
struct CallQueue: Sendable {
    private(set) var isAbandoned = false
    private(set) var running: Turn?
    private var waiting: [Turn] = []

    /// - Throws: ``HookLate/before`` where nothing gets a turn any more.
    mutating func enter(_ turn: Turn) throws {
        guard !isAbandoned else { throw HookLate.before }
        waiting.append(turn)
    }

    /// Gives the turn to the first call of the greatest rank; nil where none waits.
    mutating func next() -> Turn? {
        guard !isAbandoned, let rank = waiting.map(\.rank).max(),
            let index = waiting.firstIndex(where: { $0.rank == rank })
        else { return nil }
        running = waiting.remove(at: index)
        return running
    }

    /// The end of a turn; false where it was left behind before.
    mutating func leave(_ turn: Turn) -> Bool {
        guard running === turn else { return false }
        running = nil
        return true
    }

    /// Takes a call out that has not had its turn, and never will; false where it has had it.
    mutating func withdraw(_ turn: Turn) -> Bool {
        guard let index = waiting.firstIndex(where: { $0 === turn }) else { return false }
        waiting.remove(at: index)
        return true
    }

    /// The call of a lesser rank that keeps this one waiting.
    func obstacle(of turn: Turn) -> Turn? {
        guard let running, waiting.contains(where: { $0 === turn }), running.rank < turn.rank else { return nil }
        return running
    }

    /// Leaves the running call behind, and with it all waiting calls, which it returns; nil where it has ended.
    mutating func abandon(_ turn: Turn) -> [Turn]? {
        guard leave(turn) else { return nil }
        isAbandoned = true
        defer { waiting = [] }
        return waiting
    }
}

/// A hook did not return, and was left behind.
enum HookLate: Error, Equatable, CustomStringConvertible {
    case limit(Duration)
    /// It was in the way of a release, and did not let itself be interrupted.
    case inTheWay
    /// Its file had been left behind before.
    case before

    var description: String {
        switch self {
        case .limit(let limit): "it did not return within \(limit.inSeconds.formatted) s"
        case .inTheWay: "it did not return, and a release of its file had to go without it"
        case .before: "its file was left behind before"
        }
    }
}
