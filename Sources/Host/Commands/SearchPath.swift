#if canImport(Glibc)
    import Glibc
#endif

/// The directories in which executables are looked for.
///
/// The caller's PATH is ignored.
package enum SearchPath {
    package static let directories = [
        "/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin",
    ]

    static var joined: String { directories.joined(separator: ":") }

    /// The path of an executable; a name with a slash in it is returned as it is.
    ///
    /// - Throws: ``HostError/commandNotFound(_:)``.
    package static func find(_ name: String) throws -> String { try find(name, in: directories) }

    /// As above, in other directories.
    package static func find(_ name: String, in directories: [String]) throws -> String {
        if name.contains("/") { return name }
        for directory in directories where access("\(directory)/\(name)", X_OK) == 0 {
            return "\(directory)/\(name)"
        }
        throw HostError.commandNotFound(name)
    }
}
