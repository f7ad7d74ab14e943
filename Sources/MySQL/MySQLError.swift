package import Lifecycle

#if canImport(Glibc)
    import Glibc
#endif

/// A refusal of the server, or a state of it that prevents a backup.
package enum MySQLError: Error, Equatable, Sendable {
    /// An option file cannot be read or understood, or others could have changed it; `repair` is a command that mends it.
    case optionFile(String, reason: String, repair: String? = nil)
    /// No session could be opened.
    case connection(to: String, number: UInt32, message: String)
    /// A password is not sent, because a stranger may be at the other end.
    case peer(String, reason: String)
    /// A statement failed.
    case statement(String, number: UInt32, message: String)
    /// A statement was not answered in time; its session is lost.
    case noAnswer(String, limit: Duration)
    /// The time for the checks of all tables was spent after some of them.
    case checksUnfinished(tables: Int, limit: Duration)
    /// Checks of tables failed, and their words do not tell of damage.
    case checksUnclear([String])
    /// An answer is larger than any server has reason to send; its session is lost.
    case answerTooLarge(String)
    /// The session was closed or abandoned before.
    case sessionClosed
    /// An answer lacks what it has to have.
    case answer(to: String, missing: String)
    /// The text is no version.
    case version(String)
    /// No lock plan fits this server, or the requested one does not.
    case plan(String, reasons: [String])
    /// Statements run for too long, so that no lock is requested.
    case longStatements([String], limit: Duration)
    /// The lock was not granted in time.
    case lockNotGranted(plan: String, seconds: Double, reason: String)
    /// The lock was not held all the time.
    case lockLost(String)
    /// A binary log cannot be read.
    case binlog(String, reason: String)
    /// A text stands for no place at which a replay of binary logs can stop.
    case replayTarget(String, reason: String)
    /// The binary logs do not lead from the backup to the target, or their replay failed.
    case replay(reason: String, advice: String?)
    /// The copy is not the server's data directory.
    case notTheDataDirectory(String, reason: String)
    /// The key files lie beside other things of the server, so that the recovery server cannot get a copy of them alone.
    case sharedKeys(String)
    /// The server's user cannot be taken for the recovery server.
    case account(reason: String)
    /// Others than root could have changed the server's program.
    case executable(String, reason: String)
    /// A program or file of the server that the recovery server could not use.
    case unusable(String, reason: String)
    /// The recovery server could have reached, or has reached, the live data.
    case originReachable(String)
    /// The recovery server did not come up, or did not go down in good order.
    case recovery(reason: String, lines: [String], log: String)
    /// A private server on restored data did not come up, or did not go down in good order.
    case privateServer(reason: String, lines: [String], log: String)
    /// The data belongs to an account that is no server's.
    case foreignOwner(UInt32)
    /// A recorded setting leads out of the data of its set.
    case foreignPath(String, setting: String)
    /// This host has no directory over which data from outside the data directory can be laid.
    case noPlace(String)
    /// A symbolic link that leads to data of a set, in a directory of this host that cannot be covered.
    case noLink(String, to: String)
    /// The server can open files in a directory that it cannot list.
    case unlistable(String)
    /// User tables of engines whose rows may be at unknown places.
    case engines([EngineUse])
    /// The account cannot see the tables of engines whose rows may be at unknown places.
    case hiddenTables([String])
    /// A path to data is no text.
    case unnameable(String)
    /// Data that was frozen elsewhere: found in the copy, after the lock.
    case elsewhere([String])
    /// Tables of engines without crash recovery came before the snapshot, which was taken while writers went on.
    case tornTables([String])
    /// InnoDB writes no redo log, so that no copy of its files can be recovered.
    case redoLogOff
    /// A system call failed on a thing.
    case system(String, on: String, reason: String)
}

extension MySQLError {
    /// Whether the server gave up waiting for a lock.
    var isLockWaitTimeout: Bool { number == 1205 }
    /// Whether the statement was ended by KILL QUERY or a time limit.
    var isInterrupted: Bool { number == 1317 || number == 1969 }
    /// Whether the server has no such session variable: unknown, or global alone.
    var isUnknownVariable: Bool { number == 1193 || number == 1229 }
    /// Whether client and server could not agree on TLS, in any way (measured, Connector/C 3.3.20: refused, broken off,
    /// answered by another protocol).
    var isWithoutTLS: Bool { number == 2026 }
    /// Whether no server listens on a local socket.
    var isMissingSocket: Bool { number == 2002 }
    /// The socket that the message names, such as "… through socket '/run/mysqld/mysqld.sock' (2)".
    var missingSocket: String? {
        guard case .connection(_, 2002, let message) = self, let start = message.firstRange(of: "socket '"),
            let end = message[start.upperBound...].firstIndex(of: "'")
        else { return nil }
        return String(message[start.upperBound..<end])
    }

    func naming(socketsTried sockets: [String]) -> MySQLError {
        guard case .connection(let target, let number, let message) = self else { return self }
        let tried = sockets.map { "\"\($0)\"" }.joined(separator: ", ")
        return .connection(to: "\(target) (sockets tried: \(tried))", number: number, message: message)
    }

    /// Whether a privilege is missing.
    var isAccessDenied: Bool { number == 1227 || number == 1045 || number == 1142 || number == 1044 }

    /// Whether the server was started with `--skip-grant-tables`, which lets every account see all.
    var isWithoutGrants: Bool { number == 1290 }

    var number: UInt32? {
        switch self {
        case .statement(_, let number, _), .connection(_, let number, _): number
        default: nil
        }
    }
}

extension MySQLError {
    /// The failure of the system call that just returned.
    static func last(_ call: String, _ thing: String) -> Self {
        .system(call, on: thing, reason: String(cString: strerror(errno)).lowercased())
    }
}

extension MySQLError: CustomStringConvertible {
    package var description: String { message }

    /// The failed operation, its object and the cause.
    var message: String {
        switch self {
        case .optionFile(let path, let reason, _): "cannot use option file \"\(path)\": \(reason)"
        case .connection(let target, let number, let message):
            "no session to \(target): \(message.withoutFullStop) (error \(number))"
        case .peer(let target, let reason): "no password is sent to \(target): \(reason)"
        case .statement(let sql, let number, let message):
            "\"\(sql)\" failed: \(message.withoutFullStop) (error \(number))"
        case .checksUnfinished(let tables, let limit):
            "the checks of the tables were not done within \(limit.inSeconds.formatted) s: \(tables) tables are good"
        case .checksUnclear(let tables):
            "the checks of \(tables.count) tables failed, but do not tell of damage: "
                + tables.prefix(3).joined(separator: "; ")
        case .noAnswer(let sql, let limit): "\"\(sql)\" was not answered within \(limit.inSeconds.formatted) s"
        case .answerTooLarge(let sql): "the answer to \"\(sql)\" is larger than any server has reason to send"
        case .sessionClosed: "the session to the server is closed"
        case .answer(let sql, let missing): "the answer to \"\(sql)\" lacks \(missing)"
        case .version(let text): "\"\(text)\" is not a version of MySQL or MariaDB"
        case .plan(let plan, let reasons): "lock plan \"\(plan)\" is not possible: " + reasons.joined(separator: "; ")
        case .longStatements(let statements, let limit):
            "statements run for more than \(limit.inSeconds.formatted) s: " + statements.joined(separator: "; ")
        case .lockNotGranted(let plan, let seconds, let reason):
            "lock \"\(plan)\" was not granted within \(seconds.formatted) s: \(reason)"
        case .lockLost(let reason): "the lock was not held until the snapshot was complete: \(reason)"
        case .binlog(let path, let reason): "binary log \"\(path)\" cannot be read: \(reason)"
        case .replayTarget(let text, let reason): "\"\(text)\" is no target of a replay: \(reason)"
        case .replay(let reason, _): "the binary logs do not lead to the target: \(reason)"
        case .notTheDataDirectory(let path, let reason):
            "\"\(path)\" is not a copy of the server's data directory: \(reason)"
        case .sharedKeys(let directory):
            "the recovery server would write to the live key files: \"\(directory)\" holds other things of the server, too"
        case .account(let reason): "the server's user is not trusted with the data: \(reason)"
        case .executable(let path, let reason): "the server's program \"\(path)\" is not trusted: \(reason)"
        case .unusable(let path, let reason): "the copy could not be recovered with \"\(path)\": \(reason)"
        case .originReachable(let what): "the recovery server could reach the live data: \(what)"
        case .recovery(let reason, let lines, let log):
            "recovery failed: " + ([reason] + lines).joined(separator: "; ") + "; log in \"\(log)\""
        case .privateServer(let reason, let lines, let log):
            "the private server failed: " + ([reason] + lines).joined(separator: "; ") + "; log in \"\(log)\""
        case .foreignOwner(let user):
            "cannot run a server as user \(user), the owner of the data: no package of a server has that account"
        case .foreignPath(let path, let setting):
            "the recorded setting \"\(setting)\" names \"\(path)\", which is not in the set"
        case .noPlace(let path):
            "the set has data of \"\(path)\", and this host has no such directory of the data's owner"
        case .noLink(let link, let target):
            "the data of the set is reached by the symbolic link \"\(link)\" to \"\(target)\", and this host has no such link"
        case .unlistable(let path):
            "the server can open files in "
                + "\"\(path)\", to which a link leads, but cannot list them: they cannot be found"
        case .engines(let uses):
            uses.map(\.described).joined(separator: ", ")
                + ": no backup of the data directory is sure to have their rows"
        case .hiddenTables(let engines):
            "the account does not see all tables: the server may have some of \(engines.joined(separator: ", ")), "
                + "whose rows are not in the data directory"
        case .unnameable(let path): "a link leads to \"\(path)\", whose name is not UTF-8"
        case .elsewhere(let paths):
            "data came to other volumes before the snapshot was taken: " + paths.joined(separator: "; ")
        case .tornTables(let engines):
            "tables of \(engines.joined(separator: ", ")) came before the snapshot was taken without a lock for them"
        case .redoLogOff: "the redo log of InnoDB is disabled: a copy of the running server cannot be recovered"
        case .system(let call, let thing, let reason): "\(call) \"\(thing)\": \(reason)"
        }
    }
}

extension MySQLError: ExplainedError {
    package var failure: Failure { Failure(kind, message, advice: advice) }

    package var obstacle: String? {
        if case .lockNotGranted(_, _, let reason) = self { return reason }
        return nil
    }

    private var kind: Failure.Kind {
        switch self {
        // Recovery fails after the lock.
        case .plan, .optionFile, .peer, .engines, .hiddenTables, .unlistable, .unnameable, .account,
            .executable, .unusable, .noPlace, .noLink, .foreignOwner, .redoLogOff, .replay:
            .unsuitable
        default: .failed
        }
    }
}

extension String {
    fileprivate var withoutFullStop: String { hasSuffix(".") ? String(dropLast()) : self }
}
