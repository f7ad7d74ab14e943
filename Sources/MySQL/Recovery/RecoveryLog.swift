/// A server's error log of a start and a shutdown.
struct RecoveryLog: Equatable, Sendable {
    var isReady = false
    var isShutDown = false
    /// Lines of level ERROR, and others that tell of damage.
    var errors: [String] = []
    /// The last lines, of any level.
    var last: [String] = []

    /// Lines that are not of level ERROR but mean one.
    private static let omens = ["prepared transactions", "is corrupted", "Database page corruption", "got signal"]

    /// Errors of MySQL about relay logs that the copy need not have: the channels' state is in tables (measured, 9.7.4).
    ///
    /// MariaDB says the last one whenever it lists databases or tables that have names from before MySQL 5.1: it reads them as
    /// "#mysql50#NAME".
    private static let harmless = [
        "[MY-010426] [Repl]", "[MY-010544] [Repl]", "[MY-011059] [Repl]", "Invalid (old?) table or database name",
    ]

    init(_ text: String) {
        let lines = text.split(whereSeparator: \.isNewline).map(String.init)
        isReady = lines.contains { $0.contains("ready for connections") }
        // InnoDB alone says "Shutdown completed" a little earlier.
        isShutDown = lines.contains { $0.contains("Shutdown complete") && !$0.contains("Shutdown completed") }
        errors = lines.filter { line in
            // The library below the server calls its warnings errors, such as one about a file's ownership (measured).
            line.contains("[ERROR]") && !line.contains(": Warning: ")
                && !Self.harmless.contains { line.contains($0) }
                || Self.omens.contains { line.contains($0) && !line.contains("[Note]") }
        }
        last = Array(lines.suffix(3))
    }

    /// Whether the server came up, went down in good order, and logged no complaint.
    var isClean: Bool { isReady && isShutDown && errors.isEmpty }

    /// The lines that an operator wants to see first: at most five.
    var tellingLines: [String] {
        (errors.isEmpty ? last : Array(errors.prefix(5))).map(Self.withoutTime)
    }

    /// Without date, time and thread, which every line of both products begins with.
    private static func withoutTime(_ line: String) -> String {
        guard let bracket = line.firstIndex(of: "["), line.first?.isNumber == true else { return line }
        return String(line[bracket...])
    }
}
