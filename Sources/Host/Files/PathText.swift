/// Paths as texts.
///
/// All of this goes by bytes, as the kernel does. Swift's characters do not: an accent behind a slash makes one character
/// of both, and names of different bytes that look the same are equal.
extension StringProtocol {
    /// The names between the slashes.
    package var pathComponents: [String] { String(self).unicodeScalars.split(separator: "/").map { String($0) } }

    package var isAbsolutePath: Bool { utf8.first == UInt8(ascii: "/") }

    /// Whether the path is `directory` or something in it.
    package func isBelow(_ directory: String) -> Bool {
        guard directory != "/", utf8.starts(with: directory.utf8) else { return directory == "/" }
        let rest = utf8.dropFirst(directory.utf8.count)
        return rest.isEmpty || rest.first == UInt8(ascii: "/")
    }
}
