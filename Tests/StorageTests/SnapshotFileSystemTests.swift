import Host
import Testing

@testable import Storage

struct SnapshotFileSystemTests {
    @Test(
        arguments: [
            ("xfs", "nouuid", "norecovery,nouuid"),
            ("ext4", "errors=remount-ro", "noload,errors=remount-ro"),
            ("ext3", "errors=remount-ro", "noload,errors=remount-ro"),
            ("ext2", "errors=remount-ro", "errors=remount-ro"),
            ("f2fs", "errors=remount-ro", nil), ("btrfs", "", nil),
        ] as [(String, String, String?)]
    )
    func `a file system of a snapshot is mounted beside its origin`(name: String, options: String, unchanging: String?)
    {
        #expect(SnapshotFileSystem(name).options == options)
        #expect(SnapshotFileSystem(name).unchangingOptions == unchanging)
    }

    /// The manifest tells the type, too, and may be another user's.
    @Test func `the type of a kept snapshot's file system is that of the device`() async throws {
        let script = CommandScript()
        script.on("blkid", say: "xfs\n")
        #expect(try await SnapshotFileSystem(on: "/dev/vg0/s", by: script.commands) == SnapshotFileSystem("xfs"))
        for answer in ["", "\n", "ext4,suid\n"] {
            script.on("blkid", say: answer)
            await #expect(throws: HostError.self) {
                _ = try await SnapshotFileSystem(on: "/dev/vg0/s", by: script.commands)
            }
        }
    }
}
