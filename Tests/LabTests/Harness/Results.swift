import Foundation

/// The measured figures, which outlive the guest.
enum Results {
    static func write(_ name: String, _ text: String) throws {
        try text.write(toFile: "\(Lab.results)/\(name)", atomically: false, encoding: .utf8)
    }
}

extension [Double] {
    /// The middle value; NaN of none.
    var median: Double {
        guard !isEmpty else { return .nan }
        let sorted = sorted()
        return (sorted[(count - 1) / 2] + sorted[count / 2]) / 2
    }
}

extension Double {
    /// Milliseconds, for a table.
    var milliseconds: String { "\(Int((self * 1000).rounded())) ms" }
    var ratio: String { "\((self * 100).rounded() / 100)" }
}
