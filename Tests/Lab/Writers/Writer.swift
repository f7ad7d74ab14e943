import Glibc

/// Inserts row after row into one table and logs when each was sent and when it was acknowledged.
struct Writer {
    let table: String
    let id: Int
    let options: Options
    let stop: StopSignal
    let log: RowLog

    /// The results of one writer.
    struct Account {
        var table: String
        var rows = 0
        /// The longest time from sending a row to its acknowledgement, and when that row was sent.
        var longest = 0.0
        var longestSent = 0.0
        var complaint: String?
    }

    func run() -> Account {
        var account = Account(table: table)
        do {
            try write(&account)
        } catch {
            account.complaint = "writer \(id): \(error)"
        }
        return account
    }

    private func write(_ account: inout Account) throws {
        let connection = try Connection(socket: options.socket)
        try connection.execute("SET SESSION sql_log_off = 1, long_query_time = 3600")
        var sequence = try connection.number("SELECT max(sequence) FROM load.\(table) WHERE writer = \(id)") ?? 0
        let padding = String(repeating: "x", count: 100)
        let end = monotonic() + options.seconds
        while account.rows < options.rows, !stop.isSet {
            sequence += 1
            let sent = monotonic()
            guard sent < end else { break }
            try connection.execute("INSERT INTO load.\(table) VALUES (\(id), \(sequence), '\(padding)')")
            let acknowledged = monotonic()
            log.append("\(table) \(id) \(sequence) \(sent) \(acknowledged)\n")
            account.rows += 1
            if acknowledged - sent > account.longest {
                account.longest = acknowledged - sent
                account.longestSent = sent
            }
            usleep(UInt32(options.pause * 1e6))
        }
    }
}

/// Seconds of CLOCK_MONOTONIC.
func monotonic() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
}
