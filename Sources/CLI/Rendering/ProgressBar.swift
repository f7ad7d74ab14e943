import LVMBackup
import Synchronization

/// The last line of a terminal: bytes, rate, time left, how full the snapshot is.
final class ProgressBar: Sendable {
    struct State {
        var step: StepName?
        var progress: Progress?
        var usage: Double?
        var began = ContinuousClock.now
    }

    private let console: Console
    private let state = Mutex(State())

    init(console: Console) { self.console = console }

    func hear(_ event: Event) {
        let text = state.withLock { state -> String in
            state.note(event.fact)
            return state.step == nil ? "" : state.line(width: console.width)
        }
        console.draw(text)
    }
}

extension ProgressBar.State {
    mutating func note(_ fact: Fact) {
        switch fact {
        case .stepStarted(let step): self = Self(step: step, usage: usage)
        case .stepFinished, .finished: step = nil
        case .progress(let progress): self.progress = progress
        case .snapshotUsage(let usage): self.usage = usage
        case .archived:
            // From here on nothing is read, and the snapshot goes.
            progress = nil
            usage = nil
        default: break
        }
    }

    func line(width: Int) -> String {
        String(parts.joined(separator: "  ").prefix(max(width - 1, 10)))
    }

    /// The same without the bar.
    var words: String { parts.filter { !$0.hasPrefix("[") }.joined(separator: ", ") }

    private var parts: [String] {
        let elapsed = (ContinuousClock.now - began).inSeconds
        var parts = [step?.rawValue ?? ""]
        if let progress { parts += amounts(progress, elapsed: elapsed) }
        if let usage { parts.append("snapshot \(Int((usage * 100).rounded())) % full") }
        return parts
    }

    private func amounts(_ progress: Progress, elapsed: Double) -> [String] {
        if let fraction = progress.fraction { return share(fraction, elapsed: elapsed) }
        let rate = elapsed > 0 ? Double(progress.bytes) / elapsed : 0
        guard let total = progress.totalBytes, total > 0 else {
            return [progress.bytes.asSize, "\(Int64(rate).asSize)/s"]
        }
        let share = min(Double(progress.bytes) / Double(total), 1)
        var parts = [bar(share), "\(Int(share * 100)) %", "\(progress.bytes.asSize) of \(total.asSize)"]
        parts.append("\(Int64(rate).asSize)/s")
        if rate > 0 { parts.append("\(minutes(Double(total - progress.bytes) / rate)) left") }
        return parts
    }

    /// Of a hook's step, which knows no bytes.
    private func share(_ fraction: Double, elapsed: Double) -> [String] {
        var parts = [bar(fraction), "\(Int(fraction * 100)) %"]
        if fraction > 0, elapsed > 0 { parts.append("\(minutes(elapsed * (1 - fraction) / fraction)) left") }
        return parts
    }

    private func bar(_ share: Double) -> String {
        let filled = Int(share * 20)
        return "[\(String(repeating: "#", count: filled))\(String(repeating: ".", count: 20 - filled))]"
    }

    private func minutes(_ seconds: Double) -> String {
        // The total may be that of another user's manifest.
        guard let whole = Int(exactly: max(seconds, 0).rounded(.up)), whole < 60_000_000 else { return "ages" }
        let rest = whole % 60
        return "\(whole / 60):\(rest < 10 ? "0" : "")\(rest)"
    }
}
