import Host
import Testing

@testable import Storage

struct NestedMountsTests {
    static let table = """
        21 1 254:0 / / rw - ext4 /dev/root rw
        30 21 254:1 / /data rw - xfs /dev/mapper/vg0-mysql rw
        31 30 254:2 / /data/mysql/sales rw - xfs /dev/mapper/vg0-sales rw
        32 30 254:1 /other /data/mysql/bound rw - xfs /dev/mapper/vg0-mysql rw
        33 30 0:44 / /data/mysql/tmp rw - tmpfs tmpfs rw
        37 30 0:45 / /data/mysql/#innodb_redo rw - tmpfs redo rw
        38 30 0:46 / /data/mysql/cache/a rw - ramfs cache rw
        39 30 254:6 / /data/mysql/sort rw - ext4 /dev/mapper/vg0-sort rw
        40 30 0:47 / /data/mysql/proc rw - proc proc rw
        34 30 254:3 / /data/mysql2 rw - xfs /dev/mapper/vg0-second rw
        35 30 254:4 / /data/mysql/stacked rw - xfs /dev/mapper/vg0-lower rw
        36 35 254:5 / /data/mysql/stacked rw - xfs /dev/mapper/vg0-upper rw
        """

    func below(_ directory: String, besides temporary: [String] = []) throws -> NestedMounts {
        let mounts = try MountInfo(parsing: Array(Self.table.utf8))
        return NestedMounts(directory, on: DeviceNumber(major: 254, minor: 1), besides: temporary, in: mounts)
    }

    @Test func `a mount below the data directory is found by its device, the visible one of stacked ones`() throws {
        let found = try below("/data/mysql")
        let devices = found.elsewhere.map(\.source).filter { $0.hasPrefix("/dev/") }
        #expect(devices == ["/dev/mapper/vg0-sales", "/dev/mapper/vg0-sort", "/dev/mapper/vg0-upper"])
        #expect(found.bound.map(\.mountPoint) == ["/data/mysql/bound"])
    }

    @Test func `a file system in memory counts, and an artificial one does not`() throws {
        let found = Set(try below("/data/mysql").elsewhere.map(\.mountPoint))
        #expect(found.isSuperset(of: ["/data/mysql/tmp", "/data/mysql/#innodb_redo", "/data/mysql/cache/a"]))
        #expect(!found.contains("/data/mysql/proc"))
    }

    @Test(
        arguments: [
            (["/data/mysql/tmp"], ["tmp"]), (["/data/mysql/tmp", "/data/mysql/sort"], ["tmp", "sort"]),
            (["/data/mysql/cache"], ["cache/a"]), (["/data/mysql/sort/deeper"], []), (["/data/mysql"], []),
            (["/data"], []), (["/"], []), (["/data/mysql/#innodb_temp"], []),
        ] as [([String], [String])]
    )
    func `a mount in a directory for temporary files is none`(temporary: [String], excepted: [String]) throws {
        let all = try below("/data/mysql").elsewhere.map(\.mountPoint)
        let found = try below("/data/mysql", besides: temporary).elsewhere.map(\.mountPoint)
        #expect(Set(all).subtracting(found) == Set(excepted.map { "/data/mysql/\($0)" }))
    }

    @Test(arguments: ["/data/mysql2", "/data/mysql/sales", "/data/my"])
    func `the mount of the directory itself, and one beside it, are none`(directory: String) throws {
        let found = try below(directory)
        #expect(found.elsewhere.isEmpty && found.bound.isEmpty)
    }
}
