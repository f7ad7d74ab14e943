import Host

/// Looks whether a directory on another volume holds data of a server, at any depth: MySQL searches the directories that
/// it knows for tablespaces in that way.
struct DataSearch {
    /// A directory with more entries is not searched to its end, and counts as holding data.
    private static let mostMembers = 100_000
    /// File systems that hold no data, and some of which are endless.
    private static let artificial: Set<String> = [
        "autofs", "binfmt_misc", "bpf", "cgroup", "cgroup2", "debugfs", "devpts", "devtmpfs", "efivarfs", "fusectl",
        "mqueue", "nsfs", "proc", "pstore", "securityfs", "sysfs", "tracefs",
    ]

    private let view: any TreeView
    /// Whether temporary tables are no data.
    private let isTemporary: Bool

    init(in view: any TreeView, isTemporary: Bool = false) {
        self.view = view
        self.isTemporary = isTemporary
    }

    /// - Throws: `HostError`.
    func finds(_ directory: SeenFile) throws -> Bool {
        var left = Self.mostMembers
        var places = [directory.path]
        var visited: Set<FileIdentity> = []
        while let path = places.popLast() {
            guard let place = try view.look(at: path), !Self.artificial.contains(place.mount?.fileSystem ?? ""),
                visited.insert(place.status.identity).inserted, let members = try members(of: path)
            else { continue }
            let names = members.map(\.name)
            left -= members.count
            guard left > 0 else { return true }
            for (name, kind) in members {
                if [.socket, .fifo, .device].contains(kind) || isTemporary && DataNames.isTemporary(name) { continue }
                if DataNames.isData(name, in: names) { return true }
                if kind == .directory { places.append(path.appending(name)) }
                guard kind == .link, let target = try follow(path.appending(name)) else { continue }
                if DataNames.isData(target.path.last), !isSpecial(target) { return true }
                if target.status.isDirectory { places.append(target.path) }
            }
        }
        return false
    }

    private func follow(_ link: FileName) throws -> SeenFile? {
        guard case .file(let target) = try view.resolve(link).end else { return nil }
        return target
    }

    private func isSpecial(_ file: SeenFile) -> Bool { !file.status.isRegular && !file.status.isDirectory }

    /// Nil where the server's account cannot look, or the directory is gone.
    private func members(of path: FileName) throws -> [(name: FileName, kind: FileStatus.Kind)]? {
        do { return try view.members(of: path) } catch HostError.systemCall(_, _, 2),
            HostError.systemCall(_, _, 13)
        {
            return nil
        }
    }
}
