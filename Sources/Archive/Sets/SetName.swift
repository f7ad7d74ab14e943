/// The name of a backup set's directory.
package struct SetName: Equatable, Sendable {
    /// With what is put around it, a name has to stay below the 255 bytes of a file name.
    private static let longest = 180

    let text: String

    /// - Throws: ``ArchiveError/badName(_:why:)``
    package init(_ text: String) throws(ArchiveError) {
        self.text = text
        if let why = Self.fault(in: text) { throw .badName(text, why: why) }
    }

    /// The directory that the set is written into before it is published.
    ///
    /// It bears the run's id: a directory of this name is this run's own.
    func partial(run: String) -> String { text.contains(run) ? ".\(text).partial" : ".\(text).\(run).partial" }

    private static func fault(in text: String) -> String? {
        if text.isEmpty { return "it is empty" }
        if text.hasPrefix(".") { return "it starts with a dot" }
        if text.contains("/") { return "it contains a slash" }
        if text.utf8.contains(where: { $0 < 32 || $0 == 127 }) { return "it contains a control character" }
        return text.utf8.count > longest ? "it is longer than \(longest) bytes" : nil
    }
}
