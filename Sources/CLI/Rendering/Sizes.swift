import LVMBackup

extension Double {
    /// A number of seconds for people: 45 ms, 9.4 s, 12 min 5 s, 3 h 20 min.
    var asTime: String {
        let milliseconds = (self * 1000).rounded()
        if milliseconds < 1000 { return "\(milliseconds.formatted) ms" }
        let tenths = (self * 10).rounded() / 10
        if tenths < 60 { return "\(tenths.formatted) s" }
        // No duration of a run is longer; a number that makes no sense is shown as it is.
        guard let seconds = Int(exactly: rounded()), seconds < 1_000_000_000 else { return "\(self) s" }
        if seconds < 3600 { return "\(seconds / 60) min \(seconds % 60) s" }
        return "\(seconds / 3600) h \(seconds / 60 % 60) min"
    }

    /// A share of 1 for people: 81 %.
    var asPercent: String { "\((self * 100).rounded().formatted) %" }
}
