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
        41 30 254:1 /mysql/self /data/mysql/self rw - xfs /dev/mapper/vg0-mysql rw
        42 30 254:1 /mysql/sel /data/mysql/self2 rw - xfs /dev/mapper/vg0-mysql rw
        43 41 254:1 /mysql/self/deeper /data/mysql/self/deeper rw - xfs /dev/mapper/vg0-mysql rw
        44 32 254:1 /mysql/bound/deeper /data/mysql/bound/deeper rw - xfs /dev/mapper/vg0-mysql rw
        47 30 254:1 /mysql/mapped /data/mysql/mapped rw,idmapped - xfs /dev/mapper/vg0-mysql rw
        45 30 254:7 / /data/mysql/logs rw - ext4 /dev/mapper/vg0-logs rw
        46 30 0:50 /ca.pem /data/mysql/ca.pem ro - tmpfs certificates rw
        """

    func below(_ directory: String, besides allowed: NestedMounts.Allowed = .init()) throws -> NestedMounts {
        let mounts = try MountInfo(parsing: Array(Self.table.utf8))
        let device = DeviceNumber(major: 254, minor: 1)
        return NestedMounts(directory, on: device, besides: allowed, in: mounts) { !$0.hasSuffix(".pem") }
    }

    @Test func `a mount below the data directory is found by its device, the visible one of stacked ones`() throws {
        let found = try below("/data/mysql")
        let prefix = "/dev/mapper/vg0-"
        let names = found.elsewhere.map(\.source).filter { $0.hasPrefix(prefix) }.map { $0.dropFirst(prefix.count) }
        #expect(names == ["sales", "sort", "upper", "logs"])
    }

    @Test func `a directory that is bound onto itself is no mount, and another one is`() throws {
        // The volume has other directories at these places.
        let bound = ["/data/mysql/bound", "/data/mysql/self2", "/data/mysql/mapped"]
        #expect(try below("/data/mysql").bound.map(\.mountPoint) == bound)
        // Seen from a data directory that is itself bound.
        #expect(try below("/data/mysql/self").bound.isEmpty)
    }

    @Test func `a mount over a file is told apart`() throws {
        let found = try below("/data/mysql")
        #expect(found.files.map(\.mountPoint) == ["/data/mysql/ca.pem"])
        #expect(!found.elsewhere.contains { $0.mountPoint.hasSuffix("ca.pem") })
    }

    @Test(
        arguments: [
            (["/data/mysql/logs"], ["logs"]), (["/data/mysql/logs/a/b"], ["logs"]), (["/data/mysql"], []),
            (["/data/mysql/cache"], ["cache/a"]), (["/data/mysql/sales/x", "/data/mysql/logs"], ["sales", "logs"]),
            (["/data/mysql/log"], []), (["/elsewhere/logs"], []), (["/"], []), (["/data/mysql/bound"], []),
        ] as [([String], [String])]
    )
    func `a mount that holds a log, or lies in its directory, is allowed`(logs: [String], excepted: [String]) throws {
        let all = try below("/data/mysql")
        let found = try below("/data/mysql", besides: .init(logs: logs))
        let allowed = Set(all.elsewhere.map(\.mountPoint)).subtracting(found.elsewhere.map(\.mountPoint))
        #expect(allowed == Set(excepted.map { "/data/mysql/\($0)" }))
        // A log on the same volume is not where the snapshot shows it.
        #expect(found.bound == all.bound)
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
        let found = try below("/data/mysql", besides: .init(temporary: temporary)).elsewhere.map(\.mountPoint)
        #expect(Set(all).subtracting(found) == Set(excepted.map { "/data/mysql/\($0)" }))
    }

    @Test func `a mount for temporary files or logs that holds data is not allowed`() throws {
        let places = ["/data/mysql/tmp", "/data/mysql/logs", "/data/mysql/bound"]
        var allowed = NestedMounts.Allowed(temporary: [places[0], places[2]], logs: [places[1]])
        let (all, found) = (try below("/data/mysql"), try below("/data/mysql", besides: allowed))
        #expect(all.elsewhere.count == found.elsewhere.count + 2 && all.bound.count == found.bound.count + 1)
        allowed.data = Set(places)
        #expect(try below("/data/mysql", besides: allowed) == all)
    }

    @Test(arguments: ["/data/mysql2", "/data/mysql/sales", "/data/my"])
    func `the mount of the directory itself, and one beside it, are none`(directory: String) throws {
        let found = try below(directory)
        #expect(found.elsewhere.isEmpty && found.bound.isEmpty)
    }
}
