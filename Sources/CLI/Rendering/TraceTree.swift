import LVMBackup

/// The trace of a run as people read it: steps, and under each the calls of hooks and providers.
struct TraceTree {
    private let entries: [HookTrace.Entry]
    private let timings: [String: Double]

    /// - Parameter timings: seconds that each step took.
    init(_ entries: [HookTrace.Entry], timings: [String: Double]) {
        self.entries = entries
        self.timings = timings
    }

    var lines: [String] {
        var lines: [String] = []
        for step in StepName.allCases {
            let asked = entries.filter { $0.step == step }
            guard let seconds = timings[step.rawValue] else { continue }
            lines.append("\(step.rawValue)  \(seconds.formatted) s")
            lines += asked.map { line($0, times: 1) }
        }
        let heard = events
        if !heard.isEmpty { lines.append("events") }
        return lines + heard
    }

    /// A hook that is called often for the same event is listed once.
    private var events: [String] {
        var order: [HookTrace.Entry] = []
        var counts: [Int] = []
        for entry in entries where entry.step == nil {
            if let index = order.firstIndex(where: { $0.asked == entry.asked && $0.answer == entry.answer }) {
                counts[index] += 1
                order[index].seconds = (order[index].seconds ?? 0) + (entry.seconds ?? 0)
            } else {
                order.append(entry)
                counts.append(1)
            }
        }
        return zip(order, counts).map { line($0, times: $1) }
    }

    private func line(_ entry: HookTrace.Entry, times: Int) -> String {
        var words = [entry.asked.verb, entry.asked.name]
        if let place = entry.asked.place { words.append(place) }
        words.append(entry.answer)
        if times > 1 { words.append("\(times) times") }
        if let seconds = entry.seconds { words.append("\(seconds.formatted) s") }
        return "  " + words.joined(separator: "  ")
    }
}
