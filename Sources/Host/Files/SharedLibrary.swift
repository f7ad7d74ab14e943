internal import CLinux

#if canImport(Glibc)
    import Glibc
#endif

/// A shared library that this process has loaded.
package struct SharedLibrary: Sendable, Equatable {
    /// The path under which the dynamic linker found it.
    package var path: String

    /// The library that defines a symbol; nil where the symbol is unknown.
    package init?(defining symbol: String) {
        guard let path = linux_library_path(symbol) else { return nil }
        self.path = String(cString: path)
    }

    /// A directory that lies beside the library; nil where there is none of that name.
    package func sibling(_ name: String) -> String? {
        guard let slash = path.lastIndex(of: "/") else { return nil }
        let directory = path[...slash] + name
        // A directory that cannot be looked at is of no use either.
        return (try? FileIdentity(of: String(directory)).isDirectory) == true ? String(directory) : nil
    }
}
