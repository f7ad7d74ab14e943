import Archive
import Host
import LVMBackup

/// The page of `lvmbackup report`: one file, without scripts and without anything from elsewhere.
struct ReportPage {
    let list: SetList
    /// Seconds since 1970.
    let now: Double

    /// Runs whose timelines are drawn: the newest.
    private static let mostTimelines = 60

    private var histories: [SetHistory] { SetHistory.all(of: list) }

    var html: String {
        let page: Markup = """
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <title>Backups in \(list.destination)</title>
            <style>\(ReportStyle.css)</style>
            </head>
            <body>
            <main>
            <h1>Backups in <code>\(list.destination)</code></h1>
            <p class="note">Made by lvmbackup \(Version.current) at \(localTime(now))</p>
            \(facts)
            \(content)
            </main>
            </body>
            </html>

            """
        return page.html
    }

    // MARK: The whole

    private var facts: Markup {
        let good = list.items.filter { [.good, .snapshot, .elsewhere].contains($0.state) }
        let bytes = good.reduce(Int64(0)) { $0.addingReportingOverflow($1.manifest?.archive?.bytes ?? 0).partialValue }
        let locks = good.compactMap { $0.manifest?.lock?.heldSeconds }
        let damaged = list.items.filter { if case .damaged = $0.state { true } else { false } }
        let verified = good.first { $0.verified?.damage == nil && $0.verified != nil }
        let isLate = histories.contains { $0.gaps(now: now).last?.end == now }
        let rows: [(name: String, value: String, isBad: Bool)] = [
            ("sets", "\(good.count)", good.isEmpty),
            ("newest", age(of: good.first), good.isEmpty || isLate),
            ("size of all", bytes.asSize, false),
            ("longest lock", locks.max()?.asTime ?? "–", false),
            ("newest verified", age(of: verified), false),
            ("damaged", "\(damaged.count)", !damaged.isEmpty),
        ]
        let cards: [Markup] = rows.map { row in
            "<div><dt>\(row.name)</dt><dd class=\"\(row.isBad ? "bad" : "fact")\">\(row.value)</dd></div>"
        }
        return "<dl class=\"facts\">\(cards)</dl>"
    }

    private func age(of item: SetList.Item?) -> String {
        item.map { SetLine.age(now - SetHistory.time($0)) + " old" } ?? "none"
    }

    private var content: Markup {
        guard !list.items.isEmpty else { return "<p>There is no backup set in this directory yet.</p>" }
        let histories: [Markup] = histories.map { history in
            "<section><h2>\(history.name)</h2>\(gaps(history))\(HistoryBars(history, now: now).markup)</section>"
        }
        return """
            \(histories)
            <h2>Sets</h2>
            \(table)
            \(runs)
            """
    }

    private func gaps(_ history: SetHistory) -> Markup {
        let gaps = history.gaps(now: now)
        guard let interval = history.interval, !gaps.isEmpty else { return "" }
        let items: [Markup] = gaps.reversed().map { "<li>\($0.text)</li>" }
        return """
            <div class="gaps"><h3>Missed backups</h3>
            <p>Usually there is one every \(interval.asTime).</p><ul>\(items)</ul></div>
            """
    }

    // MARK: Sets and runs

    private static let columns = ["set", "time", "server", "kind", "size", "lock held", "verified", "notes"]

    /// A narrow screen shows each row as a paragraph, in which the cells have the titles before them.
    private var table: Markup {
        let titles: [Markup] = Self.columns.map { "<th>\($0)</th>" }
        let rows: [Markup] = list.items.map { item in
            let line = SetLine(item)
            let cells: [String?] = [
                line.name, line.time.map(localTime), line.server, line.kind, line.bytes?.asSize,
                line.lockHeldSeconds?.asTime, line.verified, notes(item, line),
            ]
            let columns: [Markup] = zip(Self.columns, cells).map { title, cell in
                cell.map { "<td data-title=\"\(title)\">\($0)</td>" } ?? "<td class=\"none\">–</td>"
            }
            return "<tr class=\"\(line.kind)\">\(columns)</tr>"
        }
        return "<table><thead><tr>\(titles)</tr></thead><tbody>\(rows)</tbody></table>"
    }

    private func notes(_ item: SetList.Item, _ line: SetLine) -> String? {
        let place = item.state == .elsewhere ? item.manifest?.archive?.location : nil
        let notes = [line.kept ? "kept" : nil, place, line.reason].compactMap(\.self)
        return notes.isEmpty ? nil : notes.joined(separator: ", ")
    }

    private var runs: Markup {
        let sets = list.items.filter { $0.manifest != nil }
        let runs: [Markup] = sets.prefix(Self.mostTimelines).compactMap { item in
            guard let manifest = item.manifest, let timeline = RunTimeline(manifest) else { return nil }
            let warnings: [Markup] = manifest.warnings.prefix(5).map { "<li>\($0)</li>" }
            return """
                <article><h3>\(item.name) <span>\(localTime(SetHistory.time(item)))</span></h3>\(timeline.markup)\
                <p class="note">\(rate(manifest))</p><ul class="warnings">\(warnings)</ul></article>
                """
        }
        guard !runs.isEmpty else { return "" }
        return "<h2>\(title(runs.count, of: sets.count))</h2>\(RunTimeline.legend)\(runs)"
    }

    private func title(_ shown: Int, of all: Int) -> String {
        shown < all ? "Runs: the last \(shown) of \(all)" : "Runs"
    }

    /// The bytes that the run read and wrote, and the rate.
    private func rate(_ manifest: Manifest) -> String {
        guard let archive = manifest.archive else { return "the snapshot is the backup" }
        let rate = manifest.archiveRate.flatMap { Int64(exactly: $0.rounded()) }.map { " at \($0.asSize) a second" }
        let facts = [
            archive.sourceBytes.map { "read \($0.asSize)\(rate ?? "")" }, archive.bytes.map { "wrote \($0.asSize)" },
            manifest.snapshot?.peakUsage.map { "the snapshot was filled to \($0.asPercent)" },
        ]
        let known = facts.compactMap(\.self)
        return known.isEmpty ? "the archiver did not tell the size" : known.joined(separator: ", ")
    }
}
