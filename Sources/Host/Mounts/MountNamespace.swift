internal import CLinux

#if canImport(Glibc)
    import Glibc
#endif

/// A mount namespace of the process's own.
///
/// No other process sees its mounts, and they vanish with its last process.
///
/// A process-wide act: for the start of a program's `main`, never for a library.
package final class MountNamespace: Sendable {
    /// The namespace that the process came from.
    let original: Descriptor
    /// The root directory that the process had in it.
    let originalRoot: Descriptor
    /// The inode of `/proc/PID/ns/mnt` for every process in the new namespace.
    package let inode: UInt64

    /// Moves the process into a namespace of its own.
    ///
    /// - Throws: ``HostError/tooManyThreads(act:)`` where other threads would stay behind;
    ///   ``HostError/systemCall(_:on:errno:)`` without the privilege.
    package init() throws {
        guard try listDirectory("/proc/self/task").count == 1 else {
            throw HostError.tooManyThreads(act: "a mount namespace of its own")
        }
        original = try Descriptor.open("/proc/self/ns/mnt", O_RDONLY)
        originalRoot = try Descriptor.open("/", O_RDONLY | O_DIRECTORY)
        guard linux_unshare_mounts() == 0 else { throw HostError.last("unshare", "mount namespace") }
        guard let inode = ProcessTable().namespace("mnt", of: getpid()) else {
            throw HostError.last("readlink", "/proc/self/ns/mnt")
        }
        self.inode = inode
    }

    /// Moves the calling thread back to where the process came from.
    package func leave() throws {
        guard linux_enter_mounts(original.number, originalRoot.number) == 0 else {
            throw HostError.last("setns", "mount namespace")
        }
    }
}
