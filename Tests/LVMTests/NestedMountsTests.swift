import Host
import Testing

@testable import LVM

struct NestedMountsTests {
    static let table = """
        21 1 254:0 / / rw - ext4 /dev/root rw
        30 21 254:1 / /data rw - xfs /dev/mapper/vg0-mysql rw
        31 30 254:2 / /data/mysql/sales rw - xfs /dev/mapper/vg0-sales rw
        32 30 254:1 /other /data/mysql/bound rw - xfs /dev/mapper/vg0-mysql rw
        33 30 0:44 / /data/mysql/tmp rw - tmpfs tmpfs rw
        34 30 254:3 / /data/mysql2 rw - xfs /dev/mapper/vg0-second rw
        35 30 254:4 / /data/mysql/stacked rw - xfs /dev/mapper/vg0-lower rw
        36 35 254:5 / /data/mysql/stacked rw - xfs /dev/mapper/vg0-upper rw
        """

    func below(_ directory: String) throws -> NestedMounts {
        let mounts = try MountInfo(parsing: Array(Self.table.utf8))
        return NestedMounts(directory, on: DeviceNumber(major: 254, minor: 1), in: mounts)
    }

    @Test func `a mount below the data directory is found by its device, the visible one of stacked ones`() throws {
        let found = try below("/data/mysql")
        #expect(found.elsewhere.map(\.source) == ["/dev/mapper/vg0-sales", "/dev/mapper/vg0-upper"])
        #expect(found.bound.map(\.mountPoint) == ["/data/mysql/bound"])
    }

    @Test(arguments: ["/data/mysql2", "/data/mysql/sales", "/data/my"])
    func `the mount of the directory itself, and one beside it, are none`(directory: String) throws {
        let found = try below(directory)
        #expect(found.elsewhere.isEmpty && found.bound.isEmpty)
    }
}
