internal import CLinux

#if canImport(Glibc)
    import Glibc
#endif

/// A regular file held open: every act reaches this very file, even if its name leads elsewhere by now.
package final class HeldFile: Sendable {
    /// For messages only.
    package let path: String
    private let descriptor: Descriptor

    /// - Throws: ``HostError/malformed(_:reason:)`` for anything but a regular file.
    init(_ descriptor: Descriptor, path: String) throws {
        self.descriptor = descriptor
        self.path = path
        guard try status().isRegular else { throw HostError.malformed(path, reason: "it is not a regular file") }
    }

    /// Opens a regular file by a path that is trusted up to its last component, which is no symbolic link.
    ///
    /// - Throws: ``HostError``; anything but a regular file is refused without being opened.
    package convenience init(_ path: String, forWriting: Bool = false) throws {
        let place = try Descriptor.open(path, O_PATH | O_NOFOLLOW)
        try self.init(Self.reopen(place, path, forWriting: forWriting), path: path)
    }

    /// The type is looked at before the file is opened: a device may act when it is opened, a FIFO wakes its writer.
    static func reopen(_ place: Descriptor, _ path: String, forWriting: Bool) throws -> Descriptor {
        guard try FileStatus(of: place, path).isRegular else {
            throw HostError.malformed(path, reason: "it is not a regular file")
        }
        let number = linux_reopen(place.number, (forWriting ? O_RDWR : O_RDONLY) | O_NONBLOCK | O_NOCTTY)
        guard number >= 0 else { throw HostError.last("open", path) }
        return Descriptor(owning: number)
    }

    /// For calls that take a descriptor, and for children; it is closed with this value.
    package var number: Int32 { descriptor.number }

    package func status() throws -> FileStatus { try FileStatus(of: descriptor, path) }

    /// The whole file.
    ///
    /// - Throws: ``HostError/malformed(_:reason:)`` where it is longer than `limit` bytes.
    package func read(limit: Int) throws -> [UInt8] {
        let bytes = try read(from: 0, count: limit + 1)
        guard bytes.count <= limit else {
            throw HostError.malformed(path, reason: "it is longer than \(limit) bytes")
        }
        return bytes
    }

    /// At most `count` bytes; fewer where the file ends.
    package func read(from offset: UInt64, count: Int) throws -> [UInt8] {
        let available = max(0, Int64(try status().size) - Int64(clamping: offset))
        // Of a file that grows meanwhile, the bytes up to its first length are read.
        var bytes = [UInt8](repeating: 0, count: Int(min(available, Int64(count))))
        var filled = 0
        while filled < bytes.count {
            let place = off_t(offset) + off_t(filled)
            let got = bytes.withUnsafeMutableBytes {
                pread(descriptor.number, $0.baseAddress! + filled, $0.count - filled, place)
            }
            if got < 0, errno == EINTR { continue }
            guard got >= 0 else { throw HostError.last("read", path) }
            if got == 0 { break }
            filled += got
        }
        return Array(bytes.prefix(filled))
    }

    /// Writes all of it at a place.
    package func write(_ bytes: [UInt8], at offset: UInt64) throws {
        var written = 0
        while written < bytes.count {
            let place = off_t(offset) + off_t(written)
            let put = bytes.withUnsafeBytes {
                pwrite(descriptor.number, $0.baseAddress! + written, $0.count - written, place)
            }
            if put < 0, errno == EINTR { continue }
            guard put >= 0 else { throw HostError.last("write", path) }
            written += put
        }
    }

    package func truncate(to size: UInt64) throws {
        guard ftruncate(descriptor.number, off_t(size)) == 0 else { throw HostError.last("truncate", path) }
    }

    package func setOwner(uid: UInt32, gid: UInt32) throws {
        guard fchown(descriptor.number, uid, gid) == 0 else { throw HostError.last("chown", path) }
    }

    /// Gives it the times of access and modification of a status.
    package func setTimes(_ status: FileStatus) throws {
        guard futimens(descriptor.number, [status.accessed, status.modified]) == 0 else {
            throw HostError.last("utimensat", path)
        }
    }

    package func sync() throws {
        guard fsync(descriptor.number) == 0 else { throw HostError.last("fsync", path) }
    }
}
