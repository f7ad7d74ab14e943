package import Host
package import Lifecycle

/// A condition of the data's place, or of the mounted snapshot, that no storage can back up.
package enum StorageError: Error, Equatable, Sendable {
    /// The file system has a part that is not on the volume.
    case scatteredFileSystem(volume: String, part: String)
    /// Required paths that are not on the volume, each with where they are.
    case scattered(volume: String, others: [String])
    /// Below the data directory, other directories of the same file system are mounted.
    case nestedMounts(paths: [String])
    /// Between `locate` and the snapshot, mounts came or went: a phrase for each.
    case mountsChanged([String])
    /// The mount of a path shows other owners of files than a snapshot has.
    case idMapped(path: String, mountPoint: String)
    /// The server's data is not on the volume, or that cannot be verified.
    case notTheServer(reason: String)
    /// Another run is on the volume.
    case busy(volume: String, owner: RunLock.Owner?)
    /// `--mount-directory` is on the volume that is being snapshotted.
    case mountDirectoryOnOrigin(String)
    /// Others could move the directory in which the snapshot is to be mounted.
    case untrustedMountDirectory(String, reason: String)
    /// The mount is not the snapshot, or not the data directory.
    case wrongMount(String, reason: String)
    /// The device that was named as the snapshot's.
    case wrongDevice(String, reason: String)
}

extension StorageError: ExplainedError, CustomStringConvertible {
    package var description: String { failure.message }

    package var failure: Failure { Failure(kind, message, advice: advice) }

    private var kind: Failure.Kind {
        switch self {
        case .scatteredFileSystem, .scattered, .nestedMounts, .idMapped, .notTheServer, .mountDirectoryOnOrigin,
            .untrustedMountDirectory:
            .unsuitable
        case .busy: .deferred
        case .mountsChanged, .wrongMount, .wrongDevice: .failed
        }
    }

    private var message: String {
        switch self {
        case .scatteredFileSystem(let volume, let part):
            "the file system on \"\(volume)\" has its \(part) on another device"
        case .scattered(let volume, let others):
            "not everything is on \"\(volume)\": " + others.joined(separator: ", ")
        case .nestedMounts(let paths):
            "below the data directory, another directory of its volume is mounted: "
                + paths.map { "\"\($0)\"" }.joined(separator: ", ")
        case .mountsChanged(let changes):
            "the mounts of the server's data changed before the snapshot was complete: "
                + changes.joined(separator: ", ")
        case .idMapped(let path, let mountPoint):
            "\"\(path)\" is on the id-mapped mount \"\(mountPoint)\": files have other owners in a snapshot"
        case .notTheServer(let reason): "cannot verify that this server's data is on the volume: \(reason)"
        case .busy(let volume, let owner):
            "\"\(volume)\" is being backed up" + (owner.map { " by \($0)" } ?? " by another run")
        case .mountDirectoryOnOrigin(let path): "the mount directory \"\(path)\" is on the volume that is backed up"
        case .untrustedMountDirectory(let path, let reason): "the mount directory \"\(path)\" is not used: \(reason)"
        case .wrongMount(let path, let reason): "the mount at \"\(path)\" is not the snapshot: \(reason)"
        case .wrongDevice(let device, let reason): "the device \"\(device)\" is not mounted as the snapshot: \(reason)"
        }
    }

    private var advice: String? {
        switch self {
        case .scatteredFileSystem: "a snapshot of one volume lacks the other part: use an internal one"
        case .scattered: "move all data to one volume: snapshots of two volumes are not taken at the same moment"
        case .nestedMounts: "move the mounted files into the data directory: the snapshot lacks the mount"
        case .mountsChanged: "run the backup again when the mounts stay as they are"
        case .idMapped: "mount the volume without an id mapping, and give the files to the server's user"
        case .notTheServer: "run this on the server's host, as root, and connect through the server's socket"
        case .busy: "try again when that run has ended"
        case .mountDirectoryOnOrigin: "leave --mount-directory out, or name a directory of another file system"
        case .untrustedMountDirectory: "leave --mount-directory out, or name a directory that root alone can change"
        case .wrongMount: nil
        case .wrongDevice: "let the hook that replaces \"snapshot\" return the device of the snapshot that it makes"
        }
    }
}
