extension Duration {
    /// The duration in seconds, with their fraction.
    public var inSeconds: Double {
        Double(components.seconds) + Double(components.attoseconds) / 1e18
    }
}

extension Double {
    /// At most three decimals and no trailing zeros, for messages.
    public var formatted: String {
        // A number of that size, such as one of a manifest, has no decimals.
        guard let thousandths = Int64(exactly: (self * 1000).rounded()) else { return "\(self)" }
        var text = "\(thousandths / 1000)"
        var fraction = abs(thousandths % 1000)
        guard fraction != 0 else { return text }
        var digits = 3
        while fraction % 10 == 0 {
            fraction /= 10
            digits -= 1
        }
        let padding = String(repeating: "0", count: digits - "\(fraction)".count)
        if thousandths < 0, thousandths > -1000 { text = "-0" }
        return "\(text).\(padding)\(fraction)"
    }
}
