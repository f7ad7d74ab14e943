#if canImport(Glibc)
    import Glibc
#endif

/// A moment as a person writes it: "2026-11-28 04:05:06", with "T", a fraction, "Z" or an offset, or "@SECONDS".
struct WrittenTime {
    /// Since 1970.
    let seconds: Double

    /// - Throws: ``MySQLError/replayTarget(_:reason:)`` for another text, and for a local time that clocks show twice or
    ///   never.
    init(_ text: String) throws {
        if text.hasPrefix("@"), let seconds = Double(text.dropFirst()), (0..<1e11).contains(seconds) {
            self.seconds = seconds
            return
        }
        // Digits of other scripts are no digits here. An offset is at most 14 hours.
        let form = #/(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d)?)(\.\d+)?)?(Z|[+-](?:0\d|1[0-4]):?[0-5]\d)?/#
            .asciiOnlyDigits()
        guard let parts = text.wholeMatch(of: form)?.output,
            let civil = Self.civil(date: parts.1, clock: parts.2 ?? "00:00")
        else { throw MySQLError.replayTarget(text, reason: "it is no time, no position in a binary log and no GTID") }
        let fraction = parts.3.flatMap { Double("0\($0)") } ?? 0
        if let zone = parts.4 {
            var civil = civil
            seconds = Double(timegm(&civil) - Self.offset(zone)) + fraction
        } else {
            seconds = try Self.local(civil, text) + fraction
        }
    }

    /// Whether a text is a date rather than a GTID.
    static func isDate(_ text: String) -> Bool { text.wholeMatch(of: #/\d{4}-[01]\d-[0-3]\d/#) != nil }

    /// Nil for a date or time that no calendar has.
    private static func civil(date: Substring, clock: Substring) -> tm? {
        let date = date.split(separator: "-").compactMap { Int32($0) }
        let clock = clock.split(separator: ":").compactMap { Int32($0) } + [0]
        var civil = tm()
        (civil.tm_year, civil.tm_mon, civil.tm_mday) = (date[0] - 1900, date[1] - 1, date[2])
        (civil.tm_hour, civil.tm_min, civil.tm_sec) = (clock[0], clock[1], clock[2])
        var same = civil
        _ = timegm(&same)
        let isSame = same.tm_mon == civil.tm_mon && same.tm_mday == civil.tm_mday && same.tm_hour == civil.tm_hour
        return isSame && same.tm_min == civil.tm_min && same.tm_sec == civil.tm_sec ? civil : nil
    }

    /// "Z", "+02:00" or "-0330", in seconds east of Greenwich.
    private static func offset(_ text: Substring) -> Int {
        guard text != "Z", let number = Int(text.dropFirst().filter { $0 != ":" }) else { return 0 }
        return (number / 100 * 3600 + number % 100 * 60) * (text.hasPrefix("-") ? -1 : 1)
    }

    private static func local(_ civil: tm, _ text: String) throws -> Double {
        let found = Set(
            [Int32(0), 1].compactMap { daylight -> time_t? in
                var candidate = civil
                candidate.tm_isdst = daylight
                let seconds = mktime(&candidate)
                let isSame = candidate.tm_hour == civil.tm_hour && candidate.tm_min == civil.tm_min
                return isSame && candidate.tm_isdst == daylight ? seconds : nil
            }
        )
        guard let first = found.first, found.count == 1 else {
            let reason = found.isEmpty ? "local clocks never show this time" : "local clocks show this time twice"
            throw MySQLError.replayTarget(text, reason: reason + "; add an offset such as +02:00")
        }
        return Double(first)
    }
}
