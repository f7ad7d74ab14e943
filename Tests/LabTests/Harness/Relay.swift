import Foundation
import Synchronization
import Testing

/// Passes sessions on to the server, and cuts one of them at a statement.
///
/// It listens on a socket of its own until it is ended; the sessions that there are then end with it.
final class Relay: Sendable {
    /// The fate of a session.
    enum Manner: String, CaseIterable, Sendable {
        /// It ends before the server has the statement.
        case refused
        /// It ends after the statement was carried out, before the answer.
        case unanswered
        /// The statement and all that follows never arrive.
        case lost
        /// All is carried out, and no answer arrives from then on.
        case mute
        /// The same for all sessions.
        case dead
    }

    /// Where a session is cut.
    struct Cut: Sendable, Equatable {
        var manner: Manner
        var place: Place
    }

    /// A statement of a run.
    struct Place: Sendable, Equatable, CustomStringConvertible {
        /// Which of the run's sessions, from 1.
        var session: Int
        /// Its first text.
        var statement: String
        /// Which time the session sends one like that, from 1.
        var turn = 1

        var description: String {
            statement + (turn > 1 ? " (\(turn))" : "") + (session > 1 ? ", session \(session)" : "")
        }
    }

    static let socket = "/run/mysqld/relay.sock"

    private struct State {
        var sent: [(session: Int, statement: String)] = []
        var struck: Double?
        var isEverybodySilent = false
        var sessions: [RelayedSession] = []
    }

    private let cut: Cut?
    private let listener: Int32
    private let state = Mutex(State())

    init(_ cut: Cut? = nil) throws {
        self.cut = cut
        unlink(Self.socket)
        listener = try LocalSocket.listening(at: Self.socket)
        Thread.detachNewThread { [self] in accept() }
    }

    /// The statements that were sent, in their order.
    var sent: [(session: Int, statement: String)] { state.withLock { $0.sent } }

    /// Seconds of the monotonic clock at which a session was cut.
    var struck: Double? { state.withLock { $0.struck } }

    /// Ends it.
    func end() {
        unlink(Self.socket)
        shutdown(listener, Int32(SHUT_RDWR))
        for session in state.withLock({ $0.sessions }) { session.end() }
    }

    private func accept() {
        while true {
            let client = Glibc.accept(listener, nil, nil)
            guard client >= 0 else { break }
            do {
                let server = try LocalSocket.connected(to: DatabaseHost.socket)
                state.withLock { $0.sessions.append(RelayedSession(self, $0.sessions.count + 1, client, server)) }
            } catch {
                // A server that is gone does not answer.
                close(client)
            }
        }
        close(listener)
    }

    /// Notes a statement; answers what is to become of its session.
    fileprivate func note(_ statement: String, of session: Int) -> Manner? {
        state.withLock { state in
            state.sent.append((session, statement))
            guard let cut, state.struck == nil, cut.place.isReached(by: state.sent) else { return nil }
            state.struck = monotonicSeconds()
            state.isEverybodySilent = cut.manner == .dead
            return cut.manner
        }
    }

    fileprivate var isEverybodySilent: Bool { state.withLock { $0.isEverybodySilent } }
}

extension Relay.Place {
    /// Whether the last of the statements sent is this one.
    func isReached(by sent: [(session: Int, statement: String)]) -> Bool {
        let like = sent.indices.filter { sent[$0].session == session && sent[$0].statement.hasPrefix(statement) }
        return like.count == turn && like.last == sent.indices.last
    }
}

/// One session on its way through the relay: two threads, which end with either of its two sockets.
private final class RelayedSession: Sendable {
    private let relay: Relay
    private let number: Int
    private let client: Int32
    private let server: Int32
    private let manner = Mutex<Relay.Manner?>(nil)
    private let threads = Mutex(2)

    init(_ relay: Relay, _ number: Int, _ client: Int32, _ server: Int32) {
        (self.relay, self.number, self.client, self.server) = (relay, number, client, server)
        Thread.detachNewThread { [self] in
            passCommands()
            finish()
        }
        Thread.detachNewThread { [self] in
            passAnswers()
            finish()
        }
    }

    func end() {
        threads.withLock { threads in
            guard threads > 0 else { return }
            for end in [client, server] { shutdown(end, Int32(SHUT_RDWR)) }
        }
    }

    private func finish() {
        end()
        threads.withLock { threads in
            threads -= 1
            if threads == 0 { for end in [client, server] { close(end) } }
        }
    }

    /// Packet by packet: a length of three bytes, a number, and what it is.
    private func passCommands() {
        while let head = LocalSocket.read(4, from: client) {
            let length = Int(head[0]) | Int(head[1]) << 8 | Int(head[2]) << 16
            guard let body = LocalSocket.read(length, from: client) else { return }
            if head[3] == 0, body.first == Self.query { strike(String(decoding: body.dropFirst(), as: UTF8.self)) }
            switch manner.withLock({ $0 }) {
            case .refused: return
            case .lost: continue
            default: guard LocalSocket.write(head + body, to: server) else { return }
            }
        }
    }

    private static let query: UInt8 = 3

    private func strike(_ statement: String) {
        guard let struck = relay.note(statement, of: number) else { return }
        manner.withLock { $0 = struck }
    }

    private func passAnswers() {
        while let answer = LocalSocket.readSome(from: server) {
            switch manner.withLock({ $0 }) {
            case .unanswered: return
            case .mute, .dead: continue
            default: guard relay.isEverybodySilent || LocalSocket.write(answer, to: client) else { return }
            }
        }
    }
}
