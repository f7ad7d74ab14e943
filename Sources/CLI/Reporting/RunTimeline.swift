import Archive
import LVMBackup

/// The steps of one run to scale, with the lock window.
struct RunTimeline {
    /// A step's share of the run.
    struct Part: Equatable {
        var step: String
        var start: Double
        var seconds: Double
    }

    /// In the order of a run.
    let parts: [Part]
    /// Seconds of all steps.
    let duration: Double
    /// The time for which writers waited for the snapshot; nil where the manifest has none.
    let lockWindow: Part?
    /// The measured parts of that time, from its beginning.
    ///
    /// The coordinates are none of them: under most plans they are read while the snapshot is made.
    let lockParts: [Part]
    private let lockWords: String

    /// Steps of shares below this are drawn, but not named: their names do not fit on a phone.
    private static let leastNamed = 16.0

    init?(_ manifest: Manifest) {
        var parts: [Part] = []
        var end = 0.0
        for step in StepName.allCases {
            guard let seconds = manifest.timings[step.rawValue], seconds.isFinite, seconds >= 0 else { continue }
            parts.append(Part(step: step.rawValue, start: end, seconds: seconds))
            end += seconds
        }
        guard end > 0, end < 1e9 else { return nil }
        self.parts = parts
        duration = end
        lockWindow = manifest.lock?.heldSeconds.flatMap { held in
            guard held.isFinite, held > 0, held <= end else { return nil }
            // The lock is released as soon as the snapshot is there.
            let release = parts.last { $0.step == StepName.snapshot.rawValue }.map { $0.start + $0.seconds } ?? end
            return Part(step: "lock", start: max(0, release - held), seconds: held)
        }
        lockParts = lockWindow.flatMap { window in manifest.lock?.timings.map { $0.parts(of: window.seconds) } } ?? []
        lockWords = manifest.lock?.timings?.heldInWords ?? ""
    }

    /// The steps that have a colour of their own, and so a class in the style.
    private static let coloured: [StepName] = [.flush, .lock, .snapshot, .recover, .verify, .archive]

    var markup: Markup {
        let steps = parts.map { "\($0.step) \($0.seconds.asTime)" }.joined(separator: ", ")
        return """
            \(bar(parts, of: duration))\(window)
            <details><summary>Steps: \(duration.asTime)</summary><p class="note">\(steps)</p></details>
            """
    }

    private func bar(_ parts: [Part], of whole: Double) -> Markup {
        var end = 0.0
        let pieces: [Markup] = parts.map { part in
            let (gap, share) = ((part.start - end) / whole * 100, part.seconds / whole * 100)
            end = part.start + part.seconds
            let name = share < Self.leastNamed ? "" : part.step
            return """
                <div class="step \(part.step)" style="margin-left:\(percent: gap);width:\(percent: share)" \
                title="\(part.step): \(part.seconds.asTime)"><span>\(name)</span></div>
                """
        }
        return "<div class=\"timeline\">\(pieces)</div>"
    }

    /// The meaning of the colours.
    static var legend: Markup {
        let keys: [Markup] = coloured.map(\.rawValue).map { step in
            "<span class=\"key\"><i class=\"step \(step)\"></i> \(step)</span>"
        }
        return """
            <p class="legend">\(keys)<span class="key"><i class="step"></i> other steps</span>
            <span class="key"><i class="held"></i> lock held</span></p>
            """
    }

    private var window: Markup {
        guard let lockWindow else { return "" }
        let start = lockWindow.start / duration * 100
        let share = lockWindow.seconds / duration * 100
        let words = lockWords.isEmpty ? "" : ": \(lockWords)"
        let parts: Markup = lockParts.isEmpty ? "" : bar(lockParts, of: lockWindow.seconds)
        return """
            <div class="window"><div class="held" style="margin-left:\(percent: start);width:\(percent: share)"></div></div>
            <p class="note">lock held \(lockWindow.seconds.asTime) of \(duration.asTime)\(words)</p>
            \(parts)
            """
    }
}

extension Manifest {
    /// Bytes of data that the archiver read each second; nil where it does not say.
    var archiveRate: Double? {
        guard let bytes = archive?.sourceBytes, let seconds = timings[StepName.archive.rawValue], seconds > 0 else {
            return nil
        }
        return Double(bytes) / seconds
    }
}

extension LockTimings {
    /// The parts that follow each other while the lock is held: the flush after the grant, and the snapshot before the
    /// release.
    ///
    /// - Returns: none where the numbers make no sense, as those of a manifest may.
    fileprivate func parts(of held: Double) -> [RunTimeline.Part] {
        let (logs, snapshot, release) = (engineLogs ?? 0, snapshot ?? 0, release ?? 0)
        guard [logs, snapshot, release].allSatisfy({ $0 >= 0 }), logs + snapshot + release <= held else { return [] }
        return [
            RunTimeline.Part(step: "engine logs", start: 0, seconds: logs),
            RunTimeline.Part(step: "snapshot", start: held - release - snapshot, seconds: snapshot),
            RunTimeline.Part(step: "release", start: held - release, seconds: release),
        ].filter { $0.seconds > 0 }
    }
}
