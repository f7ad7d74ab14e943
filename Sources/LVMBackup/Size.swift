internal import Lifecycle

extension Int64 {
    /// A number of bytes for people: 512 B, 1.5 GiB.
    package var asSize: String {
        var value = Double(self)
        for unit in ["B", "KiB", "MiB", "GiB"] {
            if value < 1024 { return "\((unit == "B" ? value : Self.tenths(value)).formatted) \(unit)" }
            value /= 1024
        }
        return "\(Self.tenths(value).formatted) TiB"
    }

    private static func tenths(_ value: Double) -> Double { (value * 10).rounded() / 10 }
}
