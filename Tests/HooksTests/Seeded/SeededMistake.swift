import Testing

/// A typical mistake in a hook file, and the message of `hook check` about it.
struct SeededMistake: Sendable, CustomTestStringConvertible {
    let what: String
    let text: String
    let message: String
    /// Why `hook check` does not find it, where it does not.
    ///
    /// Then the message is that of the run.
    var reason: String?

    var testDescription: String { what }

    init(_ what: String, _ text: String, _ message: String, unfoundBecause reason: String? = nil) {
        (self.what, self.text, self.message, self.reason) = (what, text, message, reason)
    }

    static let all: [SeededMistake] =
        events + results + options + returns + places + language + comparisons + conditions + arguments + queries
        + secrets + kept + limits + loading + absent + words + releases + values + logic + patterns + later + plainLua
        + requests + effects + members + unfound

    /// A function in a step where the server and the volume are known.
    static func step(_ code: String) -> String { "backup.before('flush', function(run) \(code) end)" }
    static func end(_ code: String) -> String { "backup.on('finished', function(run, event) \(code) end)" }
}
