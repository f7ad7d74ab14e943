import Glibc
import Host
import Lifecycle

/// The directory that a snapshot is mounted at: the run's own, and only ever removed empty.
struct MountPoint: Sendable {
    let path: String
    /// The run's directory around it; nil where the operator chose the place.
    private let runDirectory: String?

    /// - Parameters:
    ///   - parent: where the operator wants it, as typed.
    ///   - origin: the volume of the snapshot.
    /// - Throws: `HostError` where it cannot be created, or is not this user's own;
    ///   ``LVMError/mountDirectoryOnOrigin(_:)``, ``LVMError/untrustedMountDirectory(_:reason:)``.
    init(run: String, parent: String?, origin: DeviceNumber?) throws {
        if let parent {
            if let origin { try Self.refuse(parent: parent, on: origin) }
            try FileSystem.ensureDirectory(parent)
            // As the table of mounts is going to name it.
            let real = try Self.trusted(parent)
            let directory = real == "/" ? "" : real
            path = try FileSystem.createPrivateDirectory(in: directory, prefix: "lvmbackup-\(run)-")
            runDirectory = nil
        } else {
            let directory = "\(RunLock.directory)/\(run)"
            try FileSystem.ensurePrivateTree(directory)
            path = try FileSystem.createPrivateDirectory(in: directory, prefix: "mount-")
            runDirectory = directory
        }
    }

    /// A directory of the run's own with a name that is known before it is made.
    ///
    /// - Parameter name: begins with "mount-".
    init(run: String, name: String) {
        let directory = "\(RunLock.directory)/\(run)"
        path = directory + "/" + name
        runDirectory = directory
    }

    /// Makes a directory whose name was known before.
    ///
    /// - Throws: `HostError`.
    func make() throws {
        if let runDirectory { try FileSystem.ensurePrivateTree(runDirectory) }
        try FileSystem.ensurePrivateDirectory(path)
    }

    /// Removes the directory around all mount points of a run, should this process die.
    ///
    /// It has to be recorded before the first of them: the undos run in reverse order.
    static func undo(run: String) -> Release.Undo { removal("\(RunLock.directory)/\(run)") }

    /// Removes a mount point whose name is known before it is made.
    var intended: Release.Undo { Self.removal(path) }

    private static func removal(_ path: String) -> Release.Undo { .exec(["rm", "-d", "-f", "--", path]) }

    /// Looks at the directory, or where it would be created.
    ///
    /// - Throws: ``LVMError/mountDirectoryOnOrigin(_:)``, ``LVMError/untrustedMountDirectory(_:reason:)``, `HostError`.
    static func refuse(parent: String, on origin: DeviceNumber) throws {
        var existing = parent[...]
        while access(String(existing), F_OK) != 0, let slash = existing.lastIndex(of: "/"), slash > existing.startIndex
        {
            existing = existing[..<slash]
        }
        let place = access(String(existing), F_OK) == 0 ? String(existing) : parent.hasPrefix("/") ? "/" : "."
        guard try FileIdentity(of: place).device != origin else { throw LVMError.mountDirectoryOnOrigin(parent) }
        _ = try trusted(place)
    }

    /// The directory without symbolic links.
    ///
    /// The snapshot is mounted by its path: a link of another user could lay the data over `/etc`.
    private static func trusted(_ directory: String) throws -> String {
        do { return try TrustedFile.directory(directory) } catch TrustedFile.Refusal.untrusted(let path, let reason, _)
        {
            throw LVMError.untrustedMountDirectory(directory, reason: "\"\(path)\" \(reason)")
        } catch TrustedFile.Refusal.unreadable(let path, let reason) {
            throw LVMError.untrustedMountDirectory(directory, reason: "\"\(path)\": \(reason)")
        }
    }

    /// Whether a directory has a name that this program gave it for that run.
    static func isOurs(_ path: String, run: String) -> Bool {
        path.hasPrefix("\(RunLock.directory)/\(run)/mount-")
            || (path.split(separator: "/").last ?? "").hasPrefix("lvmbackup-\(run)-")
    }

    /// Removes it from outside, should this process die; nil where a stale run's own directory is removed anyway.
    var undo: Release.Undo? { runDirectory == nil ? Self.removal(path) : nil }

    /// Removes the empty directories of a run that is dead.
    static func removeLeftovers(run: String) throws {
        let directory = "\(RunLock.directory)/\(run)"
        // There is no such directory.
        guard let names = try? listDirectory(directory) else { return }
        for name in names { try FileSystem.removeDirectory("\(directory)/\(name)") }
        try FileSystem.removeDirectory(directory)
    }

    func remove() throws {
        try FileSystem.removeDirectory(path)
        // It may still hold something else of the run, and is removed with that.
        if let runDirectory { try? FileSystem.removeDirectory(runDirectory) }
    }
}

/// A snapshot's file system, mounted.
struct SnapshotMount: Sendable {
    let run: String
    let device: String
    let point: MountPoint
    var filesystem: SnapshotFileSystem
    let mounts: Mounts

    /// Writable, so that the file system replays its journal and the server recovers.
    func mount() async throws {
        try await mounts.mount(
            device,
            at: point.path,
            fileSystem: filesystem.name,
            options: .harmless,
            data: filesystem.options
        )
    }

    /// Read-only, and without a replay of the journal: not a byte of the device changes.
    ///
    /// LVM has frozen the file system when it made the snapshot: the tree is whole without its journal.
    ///
    /// - Throws: ``LVMError/unchangeable(device:fileSystem:)`` for a file system of which this is not known; `HostError`.
    func mountUnchanged() async throws {
        guard let options = filesystem.unchangingOptions else {
            throw LVMError.unchangeable(device: device, fileSystem: filesystem.name)
        }
        try await mounts.mount(
            device,
            at: point.path,
            fileSystem: filesystem.name,
            options: [.harmless, .readOnly],
            data: options
        )
    }

    func makeReadOnly() async throws {
        try await mounts.makeReadOnly(point.path, options: .harmless)
    }

    /// - Throws: ``LVMError/wrongMount(_:reason:)`` where another device is seen there.
    func proveDevice() throws {
        let node = try FileIdentity(of: device).represents
        let seen = try FileIdentity(of: point.path).device
        guard node == seen else {
            throw LVMError.wrongMount(point.path, reason: "it shows device \(seen), the snapshot is \(node)")
        }
    }

    /// A directory of the snapshot.
    ///
    /// The server's user may have put a symbolic link on the way to it, which would lead to files of this host.
    ///
    /// - Parameter below: its path from the top of the file system; empty for the top itself.
    /// - Throws: ``LVMError/wrongMount(_:reason:)`` where it is no directory, or behind a link; `HostError`.
    func directory(_ below: String) throws -> HeldDirectory {
        let top = try HeldDirectory(point.path)
        guard !below.isEmpty else { return top }
        do { return try top.directory(FileName(below)) } catch HostError.systemCall(_, _, let errno)
            where [ELOOP, ENOTDIR, ENOENT].contains(errno)
        {
            let reason = errno == ELOOP ? "is behind a symbolic link in it" : "is not a directory in it"
            throw LVMError.wrongMount(point.path, reason: "\"\(below)\" \(reason)")
        }
    }

    private static let pauses: [Duration] = [
        .zero, .milliseconds(100), .milliseconds(300), .seconds(1), .seconds(1), .seconds(1), .seconds(2), .seconds(2),
        .seconds(3), .seconds(3), .seconds(5), .seconds(5), .seconds(5), .seconds(5),
    ]

    /// Unmounts and removes the mount point.
    ///
    /// It is no error if it is unmounted already.
    ///
    /// - Parameter warn: gets each program of the run that was ended because it kept the mount busy.
    /// - Throws: `HostError.busy` with the holders, when all attempts failed.
    func unmount(_ warn: @Sendable (String) -> Void = { _ in }) async throws {
        var failure: (any Error)?
        for pause in Self.pauses {
            try await Task.sleep(for: pause)
            guard try mounts.isMounted(point.path) else {
                try point.remove()
                return
            }
            do {
                try await mounts.unmount(point.path)
            } catch {
                failure = error
                try await endHolders(warn)
            }
        }
        guard try mounts.isMounted(point.path) else { return try point.remove() }
        if let failure { throw failure }
    }

    /// Ends the programs that hooks left in the background: no process of the run outlives its mount.
    private func endHolders(_ warn: @Sendable (String) -> Void) async throws {
        let (run, path) = (run, point.path)
        let ended = try await SerialThread.once(name: "holders") {
            try MarkedHolders(of: run, on: FileIdentity(of: path).device).end()
        }
        for holder in ended { warn("a program that a hook left in the background was ended: \(holder)") }
    }

    /// No command: in a namespace of the run's own no other process could unmount it, and there it goes with the run.
    func release(_ warn: @escaping @Sendable (String) -> Void) -> Release {
        let name = "mount \"\(point.path)\""
        return Release(name, repair: "lvmbackup cleanup", handler: { try await unmount(warn) })
    }
}
