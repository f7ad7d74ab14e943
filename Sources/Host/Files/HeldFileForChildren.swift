internal import CLinux

#if canImport(Glibc)
    import Glibc
#endif

extension HeldFile {
    /// - Parameter mode: the permission bits.
    /// - Throws: ``HostError/systemCall(_:on:errno:)``.
    package func setMode(_ mode: UInt32) throws {
        guard fchmod(number, mode) == 0 else { throw HostError.last("chmod", path) }
    }

    /// The same file once more, for a child that may do nothing but append to it.
    func appending() throws -> Descriptor {
        let number = linux_reopen(number, O_WRONLY | O_APPEND)
        guard number >= 0 else { throw HostError.last("open", path) }
        return Descriptor(owning: number)
    }

    /// The program that a process runs, also one whose file has been replaced or removed.
    ///
    /// - Throws: ``HostError``.
    package static func program(of pid: Int32) throws -> HeldFile {
        let path = "/proc/\(pid)/exe"
        let place = try Descriptor.open(path, O_PATH)
        return try HeldFile(reopen(place, path, forWriting: false), path: path)
    }
}
