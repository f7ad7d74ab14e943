import LVMBackup

extension Int64 {
    /// A number of bytes for people: 512 B, 1.5 GiB.
    var asSize: String {
        var value = Double(self)
        for unit in ["B", "KiB", "MiB", "GiB"] {
            if value < 1024 { return "\(value.rounded(toTenths: unit != "B").formatted) \(unit)" }
            value /= 1024
        }
        return "\(value.rounded(toTenths: true).formatted) TiB"
    }
}

extension Double {
    fileprivate func rounded(toTenths: Bool) -> Double {
        toTenths ? (self * 10).rounded() / 10 : rounded()
    }
}
