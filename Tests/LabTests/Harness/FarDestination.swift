import Testing

/// A file system for backups, on a device whose table is changed while it is in use.
struct FarDestination: Sendable {
    let disk: TableOfDevice
    let mountPoint = "/srv/far"

    /// Every write goes to the disk at once.
    ///
    /// - Parameter options: of the mount, besides.
    static func make(_ options: String...) async throws -> FarDestination {
        let far = FarDestination(disk: try await .loop("far", size: 300))
        try await check("mkfs.ext4", "-q", far.disk.path)
        try await check("mkdir", "-p", far.mountPoint)
        try await far.mount(options)
        return far
    }

    /// The repair of a file system that shut itself down after errors of its disk.
    func mountAgain() async throws {
        try await check("umount", mountPoint)
        try await mount([])
    }

    private func mount(_ options: [String]) async throws {
        try await check("mount", "-o", (["sync"] + options).joined(separator: ","), disk.path, mountPoint)
    }

    func remove() async throws {
        try await check("umount", mountPoint)
        try await check("rmdir", mountPoint)
        try await disk.remove()
    }
}
