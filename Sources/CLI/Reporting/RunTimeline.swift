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
    }

    /// The steps that have a colour of their own, and so a class in the style.
    private static let coloured: [StepName] = [.flush, .lock, .snapshot, .recover, .verify, .archive]

    var markup: Markup {
        let bars: [Markup] = parts.map { part in
            let share = part.seconds / duration * 100
            let name = share < Self.leastNamed ? "" : part.step
            return """
                <div class="step \(part.step)" style="width:\(percent: share)" title="\(part.step): \(part.seconds.asTime)">\
                <span>\(name)</span></div>
                """
        }
        let steps = parts.map { "\($0.step) \($0.seconds.asTime)" }.joined(separator: ", ")
        return """
            <div class="timeline">\(bars)</div>\(window)
            <details><summary>Steps: \(duration.asTime)</summary><p class="note">\(steps)</p></details>
            """
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
        return """
            <div class="window"><div class="held" style="margin-left:\(percent: start);width:\(percent: share)"></div></div>
            <p class="note">lock held \(lockWindow.seconds.asTime) of \(duration.asTime)</p>
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
