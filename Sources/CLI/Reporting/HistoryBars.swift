import Archive
import Host
import LVMBackup

/// The size, duration, rate and lock of each set of a source, as bars from the oldest to the newest.
struct HistoryBars {
    private let items: [SetList.Item]
    /// By the time of the set before.
    private let gaps: [Double: SetHistory.Gap]

    /// Sets whose bars are drawn: more are thinner than a pixel.
    private static let mostBars = 200

    /// More bars than these have no space between them on a phone, where a hatched mark would not be seen either.
    private static let mostSeparate = 80

    /// The width of a bar at most, in rem, and of all bars at least.
    private static let (barWidth, leastWidth) = (1.5, 20.0)

    /// - Parameter now: seconds since 1970.
    init(_ history: SetHistory, now: Double) {
        items = history.items.suffix(Self.mostBars)
        gaps = Dictionary(history.gaps(now: now).map { ($0.start, $0) }) { first, _ in first }
    }

    var markup: Markup {
        """
        \(bars("Size of the archive", "Kept snapshots have none.", { $0.archive?.bytes.map(Double.init) }, text: size))
        \(bars("Duration", "All steps of the run.", { RunTimeline($0)?.duration }, text: \.asTime))
        \(bars("Read each second", "Of the data, for the archive.", \.archiveRate, text: size))
        \(bars("Lock held", "No writer waited longer for it.", { $0.lock?.heldSeconds }, text: \.asTime))
        \(bars("Snapshot filled", "The fullest state that was measured.", { $0.snapshot?.peakUsage }, text: \.asPercent))
        """
    }

    private func size(_ bytes: Double) -> String { Int64(exactly: bytes.rounded())?.asSize ?? "?" }

    private func bars(
        _ title: String,
        _ note: String,
        _ value: (Manifest) -> Double?,
        text: (Double) -> String
    ) -> Markup {
        let values = items.map { item in
            item.manifest.flatMap(value).flatMap { $0.isFinite && $0 >= 0 ? $0 : nil }
        }
        let known = values.compactMap { $0 }
        guard known.count > 1, let most = known.max(), most > 0 else { return "" }
        let columns: [Markup] = zip(items, values).map { item, value in
            let time = SetHistory.time(item)
            let gap: Markup = gaps[time].map { "<i class=\"gap\" title=\"missed: \($0.text)\"></i>" } ?? ""
            return """
                <i style="height:\(percent: (value ?? 0) / most * 100)" \
                title="\(localTime(time)): \(value.map(text) ?? "unknown")"></i>\(gap)
                """
        }
        return """
            <figure style="max-width:\(width)rem"><figcaption>\(title) <span>up to \(text(most)). \(note)</span></figcaption>
            <div class="bars\(items.count > Self.mostSeparate ? " dense" : "")" role="img" aria-label="\(title), up to \(text(most))">\(columns)</div>\(axis)</figure>
            """
    }

    private var width: Int { Int(max(Self.leastWidth, Double(items.count + gaps.count) * Self.barWidth)) }

    /// The times of the first and the last bar.
    private var axis: Markup {
        let ends = [items.first, items.last].compactMap(\.self).map {
            // Without the seconds: two of them fit on a phone.
            String(localTime(SetHistory.time($0)).prefix(16))
        }
        let missed: Markup = gaps.isEmpty ? "" : "<span class=\"key\"><i class=\"gap\"></i> missed</span>"
        return "<div class=\"axis\"><span>\(ends.first ?? "")</span>\(missed)<span>\(ends.last ?? "")</span></div>"
    }
}
