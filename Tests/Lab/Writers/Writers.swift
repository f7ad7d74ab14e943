import CMariaDB
import Glibc
import Synchronization

/// The load of the lab: writers that log what the server acknowledged, and when.
@main
enum Writers {
    static func main() {
        do {
            let accounts = try run(Options(Array(CommandLine.arguments.dropFirst())))
            for table in ["innodb", "myisam"] { report(accounts.filter { $0.table == table }, table) }
            let complaints = accounts.compactMap(\.complaint)
            for complaint in complaints { complain(complaint) }
            exit(complaints.isEmpty ? 0 : 1)
        } catch {
            complain("\(error)\n\(Options.usage)")
            exit(64)
        }
    }

    private static func complain(_ text: String) {
        let line = "lab-writers: \(text)\n"
        write(STDERR_FILENO, line, line.utf8.count)
    }

    private static func run(_ options: Options) throws -> [Writer.Account] {
        let stop = StopSignal()
        stop.listen()
        let log = try RowLog(path: options.log, piece: options.piece)
        guard mysql_server_init(0, nil, nil) == 0 else { throw Complaint("Connector/C does not start") }
        let tables =
            Array(repeating: "innodb", count: options.innodb) + Array(repeating: "myisam", count: options.myisam)
        let accounts = Accounts()
        let threads = tables.enumerated().map { id, table in
            startThread {
                mysql_thread_init()
                accounts.add(Writer(table: table, id: id, options: options, stop: stop, log: log).run())
                mysql_thread_end()
            }
        }
        for thread in threads { pthread_join(thread, nil) }
        log.close()
        return accounts.all
    }

    private static func report(_ accounts: [Writer.Account], _ table: String) {
        guard let worst = accounts.max(by: { $0.longest < $1.longest }) else { return }
        let rows = accounts.reduce(0) { $0 + $1.rows }
        let longest = (worst.longest * 1000).rounded() / 1000
        print("\(table): \(rows) rows acknowledged, longest wait \(longest) s, of a row sent at \(worst.longestSent)")
    }
}

/// The results of the writers, collected from their threads.
private final class Accounts: Sendable {
    private let accounts = Mutex<[Writer.Account]>([])

    var all: [Writer.Account] { accounts.withLock { $0 } }

    func add(_ account: Writer.Account) { accounts.withLock { $0.append(account) } }
}
