import Host
import Testing

struct MountInfoTests {
    static let text = """
        22 1 0:21 / / rw,relatime shared:1 - ext4 /dev/root rw
        30 22 253:0 /data /var/lib/my\\040sql rw,noatime shared:5 master:2 - xfs /dev/mapper/vg0-mysql rw,attr2
        31 22 0:40 / /srv rw - tmpfs tmpfs rw
        32 31 253:1 / /srv/db rw - ext4 /dev/vg0/a rw
        33 32 253:2 / /srv/db rw - ext4 /dev/vg0/b rw
        34 22 0:50 / /var rw - tmpfs hidden\\134by rw

        """

    let info: MountInfo

    init() throws { info = try MountInfo(parsing: Array(Self.text.utf8)) }

    @Test func `escapes, optional fields and bind roots are read`() {
        let entry = info.entries[1]
        #expect(entry.mountPoint == "/var/lib/my sql")
        #expect(entry.root == "/data")
        #expect(entry.device == DeviceNumber(major: 253, minor: 0))
        #expect(entry.fileSystem == "xfs")
        #expect(entry.options == ["rw", "noatime"])
        #expect(entry.superOptions == ["rw", "attr2"])
        #expect(info.entries[5].source == "hidden\\by")
    }

    @Test(arguments: [
        ("/etc", 22), ("/srv", 31), ("/srv/db/x", 33), ("/srv/dbx", 31),
        // Mounted over its parent: the older mount below cannot be reached any more.
        ("/var/lib/my sql/x", 34),
    ]) func `the visible mount of a path is found`(path: String, id: Int) {
        #expect(info.covering(path)?.id == id)
    }

    /// One character of text may be several of a path, a slash among them, and the same text several paths.
    @Test func `paths are compared by their bytes`() {
        #expect("/srv/\u{301}x".isBelow("/srv"))
        #expect("/srv/\u{301}x".isBelow("/srv/\u{301}x"))
        #expect(!"/srv/e\u{301}/x".isBelow("/srv/\u{e9}"))
        #expect(!"/srvx".isBelow("/srv") && "/srv".isBelow("/srv") && "/srv".isBelow("/"))
        #expect(info.entries[1].pathOnFileSystem("/var/lib/my sql/\u{301}x//y") == "data/\u{301}x/y")
    }

    @Test func `a mount point that is no text is kept as it is`() throws {
        let line = Array("1 0 0:1 / /a".utf8) + [0xff] + Array("\\012b rw - tmpfs x rw\n".utf8)
        let entry = try #require(try MountInfo(parsing: line).entries.first)
        #expect(entry.mountPointBytes == Array("/a".utf8) + [0xff] + Array("\nb".utf8))
        #expect(entry.mountPoint == "/a\u{fffd}\nb")
    }

    @Test func `without the mount that hides it, the deeper one is found`() {
        let info = MountInfo(entries: info.entries.dropLast())
        #expect(info.covering("/var/lib/my sql/ibdata1")?.id == 30)
        #expect(info.entries[1].pathOnFileSystem("/var/lib/my sql/ibdata1") == "data/ibdata1")
        #expect(info.entries[0].pathOnFileSystem("/etc/passwd") == "etc/passwd")
    }

    @Test func `an empty source is a source`() throws {
        let info = try MountInfo(parsing: Array("40 22 0:9 / /a rw shared:1 - tmpfs  rw,x\n".utf8))
        #expect(info.entries.map(\.source) == [""])
        #expect(info.entries.first?.superOptions == ["rw", "x"])
    }

    @Test func `names that are not UTF-8 do no harm to the others`() throws {
        let line = Array("40 22 8:1 / /mnt/".utf8) + [0xff, 0xfe] + Array(" rw - ext4 /dev/sda1 rw\n".utf8)
        let info = try MountInfo(parsing: Array(Self.text.utf8) + line)
        #expect(info.entries.count == 7)
        #expect(info.entries(of: DeviceNumber(major: 8, minor: 1)).count == 1)
    }

    @Test(arguments: ["nonsense", "1 2 3:4 / /", "1 2 x / / rw - a b c"]) func `a line that is no mount is named`(
        line: String
    ) {
        #expect(throws: HostError.malformed("mountinfo", reason: "line \"\(line)\"")) {
            try MountInfo(parsing: Array(line.utf8))
        }
    }

    @Test func `the machine's own table is read and covers everything`() throws {
        let info = try MountInfo.read()
        let directory = try FileIdentity(of: "/proc")
        #expect(info.covering("/proc")?.device == directory.device)
    }
}
