import Archive
import Host
import LVMBackup

/// The history of a destination in a few lines: size, duration and lock of each set, oldest first.
struct ListGraph {
    let lines: [String]

    private static let blocks: [Character] = ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"]

    /// - Parameters:
    ///   - width: columns of the terminal.
    ///   - now: seconds since 1970.
    init(_ history: SetHistory, width: Int, now: Double) {
        let room = max(8, width - 40)
        let items = history.items.suffix(room)
        guard let first = items.first, let last = items.last else {
            lines = []
            return
        }
        let rows: [(name: String, values: [Double?], text: (Double) -> String)] = [
            (
                "size", items.map { $0.manifest?.archive?.bytes.map(Double.init) },
                { Int64(exactly: $0)?.asSize ?? "?" }
            ),
            ("duration", items.map { $0.manifest.flatMap(RunTimeline.init)?.duration }, \.asTime),
            ("lock held", items.map { $0.manifest?.lock?.heldSeconds }, \.asTime),
        ]
        let ends = [first, last].map { localTime(SetHistory.time($0)) }
        let gaps = history.gaps(now: now)
        lines =
            ["\(Self.count(items.count, of: history.items.count)), \(ends[0]) to \(ends[1])"]
            + rows.compactMap { Self.line($0.name, $0.values, $0.text) }
            + gaps.suffix(3).map { "missed: \($0.text)" }
    }

    private static func count(_ shown: Int, of all: Int) -> String {
        shown < all ? "the newest \(shown) of \(all) sets" : all == 1 ? "1 set" : "\(all) sets"
    }

    private static func line(_ name: String, _ values: [Double?], _ text: (Double) -> String) -> String? {
        let known = values.compactMap { $0 }.filter { $0.isFinite && $0 >= 0 }
        guard let most = known.max(), let least = known.min(), most > 0 else { return nil }
        let bars = values.map { value -> Character in
            guard let value, value.isFinite, value >= 0 else { return " " }
            return blocks[min(blocks.count - 1, Int(value / most * Double(blocks.count)))]
        }
        let title = name + String(repeating: " ", count: 10 - name.count)
        return "\(title) \(String(bars))  \(text(least)) … \(text(most))"
    }
}
