/// The options of the command line.
struct Options {
    static let usage = """
        usage: lab-writers [--socket PATH] [--innodb N] [--myisam N] [--seconds S] [--rows N] [--pause SECONDS] [--piece BYTES]
            --log FILE

        Inserts rows into load.innodb and load.myisam, each writer on a connection of its own, until so many seconds
        have passed, each writer has so many rows, or TERM or INT arrives. Every line of FILE is a row:

            ENGINE WRITER SEQUENCE SENT ACKNOWLEDGED

        in seconds of CLOCK_MONOTONIC. At the end a summary is printed.
        """

    var socket = "/run/mysqld/mysqld.sock"
    var innodb = 4
    var myisam = 1
    var seconds = 60.0
    var rows = 1_000_000
    /// Seconds between an acknowledgement and the next row.
    var pause = 0.005
    var log = ""
    /// Bytes of the log that are written at a time.
    var piece = 32 << 10

    init(_ arguments: [String]) throws {
        var rest = arguments[...]
        while let name = rest.popFirst() {
            guard let value = rest.popFirst() else { throw Complaint("\"\(name)\" needs a value") }
            switch name {
            case "--socket": socket = value
            case "--innodb": innodb = try number(value, of: name)
            case "--myisam": myisam = try number(value, of: name)
            case "--seconds": seconds = try number(value, of: name)
            case "--rows": rows = try number(value, of: name)
            case "--pause": pause = try number(value, of: name)
            case "--log": log = value
            case "--piece": piece = try number(value, of: name)
            default: throw Complaint("unknown option \"\(name)\"")
            }
        }
        guard !log.isEmpty else { throw Complaint("--log is missing") }
    }

    private func number<Number: LosslessStringConvertible>(_ text: String, of name: String) throws -> Number {
        guard let number = Number(text) else { throw Complaint("\"\(text)\" is no number for \(name)") }
        return number
    }
}

/// Why the writers could not do their work.
struct Complaint: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}
