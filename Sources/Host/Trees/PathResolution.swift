#if canImport(Glibc)
    import Glibc
#endif

/// Where a path leads, and by which symbolic links.
package struct ResolvedPath: Sendable {
    package enum End: Sendable {
        /// The file, at its path without symbolic links.
        case file(SeenFile)
        /// There is nothing at this path, or no directory on the way to it.
        case missing(FileName)
        /// More links than the kernel follows.
        case looping
        /// The account that looks may not go through the directory of this path.
        case denied(FileName)
    }

    package let end: End
    /// The links on the way, in the order in which they are followed.
    package let links: [SeenFile]
}

/// Follows a path component by component, as path_resolution(7) describes it: the kernel tells where a path ends, but
/// not which links it went by.
struct PathResolution {
    /// The kernel follows so many links in one path.
    private static let mostLinks = 40

    private let view: any TreeView
    private var links: [SeenFile] = []
    /// Components still to come, the next one last.
    private var rest: [FileName]
    private var done = FileName.root

    init(of path: FileName, in view: any TreeView) {
        self.view = view
        rest = Self.components(path)
    }

    /// - Throws: ``HostError``.
    var result: ResolvedPath {
        get throws {
            var walk = self
            let end = try walk.follow()
            return ResolvedPath(end: end, links: walk.links)
        }
    }

    private mutating func follow() throws -> ResolvedPath.End {
        var current: SeenFile?
        while let component = rest.popLast() {
            if component == "." { continue }
            if component == ".." {
                (done, current) = (done.parent, nil)
                continue
            }
            let path = done.appending(component)
            guard let file = try look(at: path) else { return failure(at: path) }
            if let target = file.target {
                guard links.count < Self.mostLinks else { return .looping }
                links.append(file)
                guard !target.bytes.isEmpty else { return .missing(path) }
                if target.bytes.first == UInt8(ascii: "/") { done = .root }
                rest += Self.components(target)
                current = nil
            } else {
                guard file.status.isDirectory || rest.isEmpty else { return .missing(path) }
                (done, current) = (path, file)
            }
        }
        if let current { return .file(current) }
        return try look(at: done).map { .file($0) } ?? failure(at: done)
    }

    private var isDenied = false

    /// Nil where there is nothing, or the account may not see it.
    private mutating func look(at path: FileName) throws -> SeenFile? {
        do { return try view.look(at: path) } catch HostError.systemCall(_, _, EACCES) {
            isDenied = true
            return nil
        } catch HostError.systemCall(_, _, ENOTDIR), HostError.systemCall(_, _, ENAMETOOLONG) {
            return nil
        }
    }

    private func failure(at path: FileName) -> ResolvedPath.End { isDenied ? .denied(path) : .missing(path) }

    /// The last one first.
    ///
    /// A slash at the end asks for a directory, as "." does.
    private static func components(_ path: FileName) -> [FileName] {
        let parts = path.bytes.split(separator: UInt8(ascii: "/")).map { FileName(bytes: Array($0)) }
        let ending: [FileName] = path.bytes.last == UInt8(ascii: "/") ? ["."] : []
        return (parts + ending).reversed()
    }
}
