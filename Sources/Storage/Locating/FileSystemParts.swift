import Glibc
import Host

/// Parts of a file system that are on other devices than the volume: a snapshot of the volume lacks them.
package enum FileSystemParts {
    /// - Parameters:
    ///   - device: the volume's node.
    ///   - volume: for messages.
    /// - Throws: ``StorageError/scatteredFileSystem(volume:part:)``.
    package static func check(_ device: String, volume: String) throws(StorageError) {
        if let part = externalPart(superblock(of: device)) {
            throw .scatteredFileSystem(volume: volume, part: part)
        }
    }

    /// Empty where it cannot be read: a later step reports the reason.
    private static func superblock(of device: String) -> [UInt8] {
        let descriptor = open(device, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC)
        guard descriptor >= 0 else { return [] }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFBLK else { return [] }
        var bytes = [UInt8](repeating: 0, count: 4096)
        let count = pread(descriptor, &bytes, bytes.count, 0)
        return count == bytes.count ? bytes : []
    }

    /// The name of the part; nil where all is on the one device, or the file system is not known here.
    ///
    /// - Parameter bytes: the first 4096 of the device.
    static func externalPart(_ bytes: [UInt8]) -> String? {
        guard bytes.count >= 4096 else { return nil }
        // xfs_format.h, struct xfs_dsb, big endian: magic, block size, data blocks, realtime blocks at 16, log start at 48.
        if bytes.starts(with: Array("XFSB".utf8)) {
            if isZero(bytes[48..<56]) { return "log" }
            return isZero(bytes[16..<24]) ? nil : "realtime section"
        }
        // ext4.h, struct ext4_super_block at 1024, little endian: magic at 56, features at 92, journal's inode at 224.
        guard bytes[1024 + 56] == 0x53, bytes[1024 + 57] == 0xEF else { return nil }
        let hasJournal = bytes[1024 + 92] & 0x4 != 0
        return hasJournal && isZero(bytes[(1024 + 224)..<(1024 + 228)]) ? "journal" : nil
    }

    private static func isZero(_ bytes: ArraySlice<UInt8>) -> Bool { bytes.allSatisfy { $0 == 0 } }
}
