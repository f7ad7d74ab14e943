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

    /// Steps of shares below this are drawn, but not named.
    private static let leastNamed = 7.0

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

    var markup: Markup {
        let bars: [Markup] = parts.enumerated().map { index, part in
            let share = part.seconds / duration * 100
            let name = share < Self.leastNamed ? "" : part.step
            return """
                <div class="step s\(index % 6)" style="width:\(percent: share)" title="\(part.step): \(part.seconds.asTime)">\
                <span>\(name)</span></div>
                """
        }
        return "<div class=\"timeline\">\(bars)</div>\(window)"
    }

    private var window: Markup {
        guard let lockWindow else { return "" }
        let start = lockWindow.start / duration * 100
        let share = lockWindow.seconds / duration * 100
        return """
            <div class="window"><div class="lock" style="margin-left:\(percent: start);width:\(percent: share)"></div></div>
            <p class="note">lock held \(lockWindow.seconds.asTime) of \(duration.asTime)</p>
            """
    }
}
