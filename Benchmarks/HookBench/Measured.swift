/// The seconds of each round, and what they come to.
struct Measured {
    var event: [Double] = []
    var call: [Double] = []
    var hop: [Double] = []
    var spawn: [Double] = []
    var plainStart: [Double] = []
    var hookedStart: [Double] = []

    private struct Row {
        let name: String
        let value: String
        /// Empty for what others are compared with.
        var target = ""
        var isMet = true
    }

    private var rows: [Row] {
        let share = hop.median / spawn.median
        let extra = hookedStart.median - plainStart.median
        return [
            Row(
                name: "event that no hook hears",
                value: event.micros,
                target: "under 1 µs",
                isMet: event.median < 1e-6
            ),
            Row(
                name: "call of an empty Lua hook within its thread",
                value: call.micros,
                target: "under 10 µs",
                isMet: call.median < 10e-6
            ),
            Row(
                name: "the same by the engine: with the hop to its thread and the deadline armed",
                value: hop.micros
            ),
            Row(
                name: "fork and exec of `/bin/true`, by `posix_spawn`, and the wait for it",
                value: spawn.micros
            ),
            Row(
                name: "the hook as a share of that",
                value: "\(rounded(share, 100))",
                target: "at most 0.2",
                isMet: share <= 0.2
            ),
            Row(
                name: "start of `lvmbackup backup` up to a refusal, without hooks",
                value: plainStart.millis
            ),
            Row(name: "the same with ten hook files", value: hookedStart.millis),
            Row(
                name: "more by ten hook files",
                value: "\(rounded(extra * 1e3, 10)) ms",
                target: "under 30 ms",
                isMet: extra < 0.03
            ),
        ]
    }

    var table: String {
        let lines = rows.map { row in
            let target = row.target.isEmpty ? "" : "\(row.target): \(row.isMet ? "met" : "NOT MET")"
            return "| \(row.name) | \(row.value) | \(target) |\n"
        }
        return "| | median | target |\n|---|---|---|\n" + lines.joined()
    }
}

extension [Double] {
    fileprivate var median: Double {
        let sorted = sorted()
        return (sorted[(count - 1) / 2] + sorted[count / 2]) / 2
    }

    fileprivate var micros: String {
        let value = median * 1e6
        return value < 100 ? "\(rounded(value, 100)) µs" : "\(Int(value.rounded())) µs"
    }

    fileprivate var millis: String { "\(rounded(median * 1e3, 10)) ms" }
}

private func rounded(_ value: Double, _ parts: Double) -> Double { (value * parts).rounded() / parts }
