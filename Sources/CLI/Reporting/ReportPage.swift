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
    /// Sets whose bars are drawn: more are thinner than a pixel.
    private static let mostBars = 200

    private var history: SetHistory { SetHistory(list) }

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
            \(gaps)
            <h2>History</h2>
            \(sizes)
            \(durations)
            \(locks)
            <h2>Sets</h2>
            \(table)
            <h2>Runs</h2>
            \(timelines)
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
        let rows: [(String, String)] = [
            ("sets", "\(good.count)"),
            ("newest", good.first.map { SetLine.age(now - SetHistory.time($0)) + " old" } ?? "none"),
            ("bytes", bytes.asSize),
            ("longest lock", locks.max()?.asTime ?? "–"),
            ("newest verified", verified.map { SetLine.age(now - SetHistory.time($0)) + " old" } ?? "none"),
            ("damaged", "\(damaged.count)"),
        ]
        let cards: [Markup] = rows.map { name, value in "<div><dt>\(name)</dt><dd>\(value)</dd></div>" }
        return "<dl class=\"facts\">\(cards)</dl>"
    }

    private var gaps: Markup {
        let items: [Markup] = history.gaps(now: now).reversed().map { gap in
            """
            <li>none between \(localTime(gap.start)) and \(localTime(gap.end)) \
            (\((gap.end - gap.start).asTime))</li>
            """
        }
        guard let interval = history.interval, !items.isEmpty else { return "" }
        return """
            <section class="gaps"><h2>Missed backups</h2>
            <p>Most sets follow the one before after \(interval.asTime).</p><ul>\(items)</ul></section>
            """
    }

    // MARK: Bars

    private var sizes: Markup {
        bars("Size of the archive", "Kept snapshots have none.", { $0.archive?.bytes.map(Double.init) }) {
            Int64(exactly: $0)?.asSize ?? "?"
        }
    }

    private var durations: Markup {
        bars("Duration", "All steps of the run.", { RunTimeline($0)?.duration }, text: \.asTime)
    }

    private var locks: Markup {
        bars("Lock held", "No writer waited longer for it.", { $0.lock?.heldSeconds }, text: \.asTime)
    }

    private func bars(
        _ title: String,
        _ note: String,
        _ value: (Manifest) -> Double?,
        text: (Double) -> String
    ) -> Markup {
        let items = history.items.suffix(Self.mostBars)
        let values = items.map { item in
            item.manifest.flatMap(value).flatMap { $0.isFinite && $0 >= 0 ? $0 : nil }
        }
        guard let most = values.compactMap({ $0 }).max(), most > 0 else { return "" }
        let columns: [Markup] = zip(items, values).map { item, value in
            let shown = value.map(text) ?? "unknown"
            return """
                <i style="height:\(percent: (value ?? 0) / most * 100)" \
                title="\(localTime(SetHistory.time(item))): \(shown)"></i>
                """
        }
        return """
            <figure><figcaption>\(title) <span>up to \(text(most)). \(note)</span></figcaption>
            <div class="bars" role="img" aria-label="\(title)">\(columns)</div></figure>
            """
    }

    // MARK: Sets and runs

    private var table: Markup {
        let titles: [Markup] = ["set", "time", "server", "kind", "size", "lock held", "verified", ""].map {
            "<th>\($0)</th>"
        }
        let rows: [Markup] = list.items.map { item in
            let line = SetLine(item)
            let cells: [String] = [
                line.name, line.time.map(localTime) ?? "–", line.server ?? "–", line.kind,
                line.bytes?.asSize ?? "–", line.lockHeldSeconds?.asTime ?? "–", line.verified ?? "–",
                [line.kept ? "kept" : nil, line.reason].compactMap { $0 }.joined(separator: ", "),
            ]
            let columns: [Markup] = cells.map { "<td>\($0)</td>" }
            return "<tr class=\"\(line.kind)\">\(columns)</tr>"
        }
        return "<div class=\"wide\"><table><thead><tr>\(titles)</tr></thead><tbody>\(rows)</tbody></table></div>"
    }

    private var timelines: Markup {
        let runs: [Markup] = history.items.reversed().prefix(Self.mostTimelines).compactMap { item in
            guard let manifest = item.manifest, let timeline = RunTimeline(manifest) else { return nil }
            let warnings: [Markup] = manifest.warnings.prefix(5).map { "<li>\($0)</li>" }
            return """
                <article><h3>\(item.name)</h3>\(timeline.markup)<p class="note">\(rate(manifest))</p>\
                <ul class="warnings">\(warnings)</ul></article>
                """
        }
        return Markup(runs)
    }

    /// The bytes that the run read and wrote, and the rate.
    private func rate(_ manifest: Manifest) -> String {
        guard let archive = manifest.archive else { return "the snapshot is the backup" }
        let seconds = manifest.timings[StepName.archive.rawValue] ?? 0
        let speed = archive.sourceBytes.flatMap { seconds > 0 ? Int64(exactly: (Double($0) / seconds).rounded()) : nil }
        let facts = [
            archive.sourceBytes.map { "read \($0.asSize)" }, archive.bytes.map { "wrote \($0.asSize)" },
            speed.map { "\($0.asSize) a second" },
        ]
        let known = facts.compactMap(\.self)
        return known.isEmpty ? "the archiver did not tell the size" : known.joined(separator: ", ")
    }
}
