import Glibc
import Host
import Lifecycle
import Testing

@testable import Storage

/// Mounts that come and go between `locate` and the snapshot.
struct DataMountsTests {
    static let table = """
        21 1 254:0 / / rw - ext4 /dev/root rw
        30 21 254:1 / /data rw - xfs /dev/mapper/vg0-mysql rw
        33 30 0:44 / /data/mysql/tmp rw - tmpfs tmpfs rw
        34 21 254:3 / /srv rw - xfs /dev/mapper/vg0-srv rw

        """

    private func changes(_ table: String) throws -> [String] {
        let mounts = DataMounts(
            of: ["/data/mysql", "/data/undo", "/data/mysql/ibdata1"],
            besides: ["/data/mysql/tmp", "/data"],
            in: try MountInfo(parsing: Array(Self.table.utf8)),
            pid: getpid()
        )
        return mounts.changes(in: try MountInfo(parsing: Array(table.utf8)))
    }

    @Test(arguments: [
        "/data/mysql/sales", "/data/mysql", "/data", "/data/mysql/ibdata1", "/data/undo", "/data/undo/deep", "/",
        "/data/mysql/#innodb_redo",
    ])
    func `a new mount on, below or above the data is noticed`(place: String) throws {
        for device in ["254:9 / ", "254:1 /other ", "0:50 / "] {
            let found = try changes(Self.table + "50 30 \(device)\(place) rw - xfs new rw\n")
            #expect(found == ["\"\(place)\" (new) was mounted"], "\(device)")
        }
    }

    @Test(arguments: ["/data/mysql/tmp", "/data/mysql/tmp/a", "/data/mysql2", "/srv", "/srv/x", "/data/other", "/dat"])
    func `a new mount beside the data, and one for temporary files, is none`(place: String) throws {
        #expect(try changes(Self.table + "50 30 254:9 / \(place) rw - xfs new rw\n") == [])
    }

    @Test func `a file system without data is none`() throws {
        #expect(try changes(Self.table + "50 30 0:50 / /data/mysql/x rw - proc proc rw\n") == [])
    }

    @Test func `a mount that went, was moved or exchanged is noticed, and a remount is none`() throws {
        let line = "30 21 254:1 / /data rw - xfs /dev/mapper/vg0-mysql rw\n"
        let went = "\"/data\" (/dev/mapper/vg0-mysql) was unmounted"
        #expect(try changes(Self.table.replacing(line, with: "")) == [went])
        #expect(try changes(Self.table.replacing(line, with: line.replacing("/data", with: "/moved"))) == [went])
        let exchanged = try changes(Self.table.replacing(line, with: line.replacing("30 21", with: "31 21")))
        #expect(exchanged == ["\"/data\" (/dev/mapper/vg0-mysql) was mounted", went])
        #expect(try changes(Self.table.replacing(line, with: line.replacing(" rw - ", with: " ro,noatime - "))) == [])
    }
}
