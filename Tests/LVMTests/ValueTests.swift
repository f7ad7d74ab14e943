import Host
import Lifecycle
import Testing

@testable import LVM

struct SnapshotSizeTests {
    static let group = VolumeGroup(name: "vg0", extentSize: 4 << 20, freeExtents: 100)

    @Test(
        arguments: [
            ("5G", .bytes(5 << 30)), ("512M", .bytes(512 << 20)), ("64", .bytes(64 << 20)), ("1.5g", .bytes(3 << 29)),
            ("100e", .extents(100)), ("20%ORIGIN", .percentOfOrigin(20)), ("50%free", .percentOfFree(50)),
            ("", .standard),
            ("1k", .bytes(1024)), ("7B", .bytes(7)),
        ] as [(String, SnapshotSize)]
    ) func `a size is read`(text: String, size: SnapshotSize) throws {
        #expect(try SnapshotSize(text) == size)
    }

    @Test(arguments: [
        "5Q", "G", "-5G", "0", "1,5G", "1e5M", "5 G", "0%FREE", "x%ORIGIN", "1.5e", "nan", "1.2.3G", "+5G",
    ]) func `nonsense is refused with what would do`(text: String) {
        let error = LVMError.badSize(text, reason: "not a number above 0 with a known unit")
        #expect(throws: error) { try SnapshotSize(text) }
        #expect(error.failure.kind == .unsuitable)
    }

    @Test(arguments: ["101%FREE", "1001%ORIGIN"]) func `a share that cannot be is refused`(text: String) {
        #expect(throws: LVMError.self) { try SnapshotSize(text) }
    }

    @Test(
        arguments: [
            (.bytes(1), 1), (.bytes(4 << 20), 1), (.bytes((4 << 20) + 1), 2), (.extents(100), 100),
            (.percentOfOrigin(10), 25), (.percentOfOrigin(0.1), 1), (.percentOfFree(33.4), 33), (.standard, 50),
        ] as [(SnapshotSize, Int64)]
    ) func `fixed sizes are rounded up, shares down`(size: SnapshotSize, extents: Int64)
        throws
    {
        #expect(try size.extents(volume: 1000 << 20, group: Self.group) == extents)
    }

    @Test func `the standard is what the group has, where that is less`() throws {
        #expect(try SnapshotSize.standard.extents(volume: 1 << 40, group: Self.group) == 100)
    }

    @Test(arguments: [.extents(101), .bytes(1 << 30), .percentOfOrigin(50)] as [SnapshotSize])
    func `a size that does not fit is refused, never cut`(size: SnapshotSize) {
        #expect(throws: LVMError.self) { try size.extents(volume: 1000 << 20, group: Self.group) }
    }

    @Test func `a group without room refuses even the standard`() {
        let full = VolumeGroup(name: "vg0", extentSize: 4 << 20, freeExtents: 0)
        let error = LVMError.doesNotFit(size: "20%ORIGIN", needed: 4 << 20, free: 0, group: "vg0")
        #expect(throws: error) { try SnapshotSize.standard.extents(volume: 1 << 30, group: full) }
        #expect(error.failure.kind == .failed)
    }
}

struct VolumeNameTests {
    @Test func `the standard name is unique to the run`() {
        let name = VolumeName.defaultName(volume: "mysql", run: "20261122T101502Z-7f3a")
        #expect(name == "mysql_snapshot-7f3a")
    }

    @Test func `dashes are doubled for device-mapper`() {
        #expect(VolumeName.mapperName(group: "a-b", volume: "c--d") == "a--b-c----d")
    }

    @Test(arguments: ["", "a b", "-a", ".", "..", "snapshot1", "pvmove0", "x_mlog", "a_tdata_b", "ü", "a/b"])
    func `a name that LVM refuses is refused by its rule`(name: String) {
        #expect(throws: LVMError.self) { try VolumeName(name, group: "vg0") }
    }

    @Test(arguments: [119, 120]) func `the longest name has room for its exception store's`(length: Int) {
        // "vg" and a dash are three of the 123 bytes.
        let name = String(repeating: "x", count: length)
        let isAllowed = (try? VolumeName(name, group: "vgx")) != nil
        #expect(isAllowed == (length == 119))
    }

    @Test func `dashes count twice`() {
        let name = "a" + String(repeating: "-", count: 60)
        #expect(throws: LVMError.self) { try VolumeName(name, group: "vg0") }
    }

    // The limits are where lvcreate 2.03.16 says "too long" or "not supported".

    @Test(arguments: [122, 123]) func `a thin snapshot has no exception store that needs room`(length: Int) {
        let isAllowed = (try? VolumeName(String(repeating: "x", count: length), group: "vg", isThin: true)) != nil
        #expect(isAllowed == (length == 122))
    }

    @Test(arguments: [119, 120]) func `an origin's name has room for the device below it`(length: Int) {
        let name = String(repeating: "n", count: length)
        let isAllowed = (try? VolumeName.checkThickOrigin(name, group: "tg")) != nil
        #expect(isAllowed == (length == 119))
        let error = #expect(throws: LVMError.self) { try VolumeName.checkThickOrigin(name + "n", group: "tg") }
        #expect(error?.failure.kind == .unsuitable)
        #expect(error?.failure.message.contains("of 122 that device-mapper allows") == true)
    }

    @Test(arguments: [114, 115]) func `a group's name has room for the hidden volumes of snapshots`(length: Int) {
        let group = String(repeating: "g", count: length)
        #expect(((try? VolumeName.checkThickOrigin("o", group: group)) != nil) == (length == 114))
    }

    @Test(arguments: [
        "_cdata", "_cmeta", "_corig", "_cpool", "_cvol", "_imeta", "_iorig", "_mimage", "_mlog", "_pmspare", "_rimage",
        "_rmeta", "_tdata", "_tmeta", "_vdata", "_vorigin", "_wcorig",
    ]) func `a word that LVM keeps for itself is reserved wherever it stands`(word: String) {
        for name in [word, "a\(word)", "a\(word)b"] {
            #expect(throws: LVMError.badName(name, rule: "names with \"\(word)\" in them are reserved by LVM")) {
                try VolumeName(name, group: "vg0")
            }
        }
        #expect((try? VolumeName("mysnapshot", group: "vg0")) != nil)
    }
}

struct RunTagsTests {
    let identity = Identity(
        host: "db 1.example",
        machine: "00ff",
        boot: "b-1",
        pidNamespace: 4_026_531_836,
        pid: 77,
        startTime: 12345
    )

    @Test func `tags say whose a snapshot is`() throws {
        let tags = RunTags(run: "r-1", identity: identity, origin: "vg0/mysql")
        var read = try #require(RunTags(tags.all))
        #expect(read.identity.host == "db_1.example")
        read.identity.host = identity.host
        #expect(read == tags)
        #expect(tags.all.prefix(2) == ["lvmbackup", "lvmbackup_active"])
    }

    @Test func `incomplete tags say nothing`() {
        let tags = RunTags(run: "r-1", identity: identity, origin: "vg0/mysql").all
        for index in tags.indices where index > 1 {
            var fewer = tags
            fewer.remove(at: index)
            #expect(RunTags(fewer) == nil)
        }
    }

    @Test func `no tag has a letter that LVM refuses, or too many`() {
        var identity = identity
        identity.host = String(repeating: "ä'{}, &&", count: 300)
        for tag in RunTags(run: "r", identity: identity, origin: "vg0/mysql").all {
            #expect(tag.utf8.count <= 1024)
            #expect(tag.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7f && !"'{},\"".utf8.contains($0) })
        }
    }
}

struct ReportTests {
    func volume(_ json: String) throws(LVMError) -> LogicalVolume { try Recorded.volume(json) }

    @Test func `volumes are read as LVM writes them`() throws {
        let snapshot = try volume(Recorded.overflowed)
        #expect(snapshot.fullName == "vg0/mysql_snapshot-7f3a")
        #expect(snapshot.device == DeviceNumber(major: 254, minor: 8))
        #expect(snapshot.origin == "mysql")
        #expect(snapshot.isThickSnapshot)
        #expect(snapshot.tags.count == 3)
        #expect(try volume(Recorded.thinSnapshot).isThin)
        #expect(try volume(Recorded.origin).dataPercent == nil)
    }

    @Test func `the later format reads the same`() throws {
        let volume = try volume(Recorded.standardJSON)
        #expect(volume.size == 8_388_608)
        #expect(volume.tags == ["lvmbackup", "lvmbackup_run=r1"])
        #expect(volume.dataPercent == 12.5)
        #expect(volume.metadataPercent == nil)
        #expect(volume.origin == "mysql")
        #expect(!volume.isMerging && !volume.needsCheck && !volume.isSnapshotInvalid)
        #expect(volume.device == DeviceNumber(major: 254, minor: 8))
    }

    @Test func `an overflowed snapshot is not valid`() throws {
        let snapshot = try volume(Recorded.overflowed)
        #expect(throws: LVMError.snapshotFull("vg0/mysql_snapshot-7f3a")) { try SnapshotHealth.checkThick(snapshot) }
        #expect(throws: Never.self) { try SnapshotHealth.checkThick(try volume(Recorded.origin)) }
    }

    @Test(arguments: [("Vwi-aotzFk", "twi-aotz--"), ("Vwi-aotz-k", "twi-aotzD-"), ("Vwi-aotz-k", "twi-aotzM-")])
    func `a thin snapshot is as healthy as its pool`(snapshotLetters: String, poolLetters: String) throws {
        var snapshot = try volume(Recorded.thinSnapshot)
        var pool = try volume(Recorded.pool)
        #expect(throws: Never.self) { try SnapshotHealth.checkThin(snapshot, pool: pool) }
        snapshot.attributes = snapshotLetters
        pool.attributes = poolLetters
        #expect(throws: LVMError.self) { try SnapshotHealth.checkThin(snapshot, pool: pool) }
    }

    @Test(arguments: [
        ("  Logical volume \"s-1\" created.\n\n", true), ("  Logical volume \"s-12\" created.\n", false), ("\n", false),
        ("lvcreate  Logical volume \"s-1\" created.\n", true), ("XX Logical volume \"s-1\" created.\n", false),
    ]) func `a shell's lvcreate has to say that it created the volume`(output: String, isCreated: Bool) {
        #expect(PreparedShell.saysCreated("s-1", output) == isCreated)
    }

    @Test(arguments: [
        ("", true), ("  WARNING: Sum of all\n", true), ("  WARNING: x\n  Volume group not found\n", false),
        ("lvcreate  WARNING: x\n", true), ("lvcreate  Volume group not found\n", false),
    ])
    func `a shell that says nothing is taken to have done it, unless it complains`(errors: String, isFine: Bool) {
        #expect(PreparedShell.hasNoComplaint(Array(errors.utf8)) == isFine)
    }

    @Test func `suspended devices are told from active ones`() {
        let listing = "vg0-mysql Suspended LVM-Q2\nvg0-x Active LVM-Q3\nvg0-crypt Suspended CRYPT-Q\nvg0-y Suspended \n"
        #expect(Suspension.suspended(listing) == ["vg0-mysql"])
        #expect(Suspension.suspended("No devices found\n").isEmpty)
    }

    @Test func `the kernel's name of a volume is its UUID without dashes`() {
        let uuid = "LVM-jiiDoKA7JZ9niWLZpAUM4lCKDRmvkDiMYrV4ZhrMLUJXtCJM9ZP3m19kAeYQgn3E\n"
        #expect(ActiveDevice.volumeUUID(mapperUUID: uuid) == "YrV4Zh-rMLU-JXtC-JM9Z-P3m1-9kAe-YQgn3E")
        #expect(ActiveDevice.volumeUUID(mapperUUID: "CRYPT-1") == nil)
    }

    /// A manifest of another user tells the UUID.
    ///
    /// A part of a selection would end the retention, or select other volumes.
    @Test(arguments: [
        "", "(", "YrV4Zh-rMLU-JXtC-JM9Z-P3m1-9kAe-YQgn3E || lv_size>0", "YrV4Zh-rMLU-JXtC-JM9Z-P3m1-9kAe-YQgn3(",
        "YrV4Zh-rMLU-JXtC-JM9Z-P3m1-9kAe-YQgn3É", "YrV4ZhrMLUJXtCJM9ZP3m19kAeYQgn3E",
    ])
    func `a text that is no UUID is never put into a selection`(text: String) async throws {
        let group = PretendKept()
        #expect(try await LVMTools(group.script.commands).hasVolume(uuid: text) == nil)
        #expect(group.script.asked.isEmpty)
    }

    @Test(arguments: [
        ("YrV4Zh-rMLU-JXtC-JM9Z-P3m1-9kAe-YQgn3E", true), ("YrV4Zh-rMLU-JXtC-JM9Z-P3m1-9kAe-YQgn3F", false),
    ])
    func `a volume is found by its UUID`(uuid: String, exists: Bool) async throws {
        let group = PretendKept(kept: ["lv_uuid": "YrV4Zh-rMLU-JXtC-JM9Z-P3m1-9kAe-YQgn3E"])
        #expect(try await LVMTools(group.script.commands).hasVolume(uuid: uuid) == exists)
    }
}
