import FoundationEssentials

/// A moment, written in manifests as ISO 8601 in UTC with milliseconds.
package struct Timestamp: Codable, Equatable, Comparable, Sendable {
    /// Since 1970.
    package let milliseconds: Int64

    /// Seconds; the year 33658.
    ///
    /// Manifests of others may hold any number.
    private static let farthest = 1e12

    /// - Parameter seconds: since 1970.
    package init(seconds: Double) {
        milliseconds = Int64((min(max(seconds, -Self.farthest), Self.farthest) * 1000).rounded())
    }

    /// Since 1970.
    package var seconds: Double { Double(milliseconds) / 1000 }

    package init(from decoder: any Decoder) throws {
        let text = try decoder.singleValueContainer().decode(String.self)
        self.init(seconds: try Date(text, strategy: Self.format).timeIntervalSince1970)
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        // Half a millisecond more: the format cuts off what is smaller than one.
        try container.encode(Date(timeIntervalSince1970: seconds + 0.0005).formatted(Self.format))
    }

    package static func < (left: Timestamp, right: Timestamp) -> Bool { left.milliseconds < right.milliseconds }

    private static var format: Date.ISO8601FormatStyle { Date.ISO8601FormatStyle(includingFractionalSeconds: true) }
}
