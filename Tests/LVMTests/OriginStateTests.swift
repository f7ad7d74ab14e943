import Glibc
import Host
import Lifecycle
import Testing

@testable import LVM

/// States in which LVM refuses a snapshot, or makes a snapshot that cannot be mounted; letters as LVM 2.03.16 reported
/// them.
struct OriginStateTests {
    @Test(arguments: [
        ("rz--n-", "0", "", "read-only"), ("wzx-n-", "0", "", "exported"), ("wz-pn-", "1", "", "1 physical volumes"),
        ("wz--n-", "2", "", "2 physical volumes"), ("wz--nc", "0", "", "shared with other hosts"),
        ("wz--ns", "0", "sanlock", "shared with other hosts (sanlock)"), ("wz--n-", "0", "dlm", "(dlm)"),
    ])
    func `a group in which nothing can be made is refused`(
        attributes: String,
        missing: String,
        lockType: String,
        reason: String
    ) throws {
        let report = Reported.group([
            "vg_attr": attributes, "vg_missing_pv_count": missing, "vg_lock_type": lockType,
        ])
        let error = try #require(throws: LVMError.self) { try OriginState.check(group: try Self.group(report)) }
        #expect(error.failure.kind == .unsuitable)
        #expect(error.failure.message.contains(reason))
    }

    @Test(arguments: ["", "none"]) func `an ordinary group is not`(lockType: String) throws {
        try OriginState.check(group: try Self.group(Reported.group(["vg_lock_type": lockType])))
    }

    /// "1" in the format `json_std`.
    @Test(arguments: ["merging", "1"])
    func `a merge that is under way or pending defers a thick snapshot, not a thin one`(merging: String) throws {
        let report = ["lv_attr": "Owi-aos---", "lv_merging": merging]
        let thick = try Recorded.volume(Reported.volumes(report))
        let error = try #require(throws: LVMError.self) { try OriginState.check(origin: thick) }
        #expect(error.failure.kind == .deferred)
        var thin = thick
        thin.segmentType = "thin"
        try OriginState.check(origin: thin)
    }

    @Test(arguments: [
        ("twi-aotzF-", "", true), ("twi-aotzM-", "", true), ("twi-aotzD-", "", true), ("twi-aotzp-", "", true),
        ("twi-aotz--", "check needed", true), ("twi-aotz--", "1", true), ("twi-aotz--", "", false),
        ("twi-aotz--", "unknown", false), ("twi-aotz--", "0", false),
    ])
    func `a pool that failed or has to be checked is refused`(
        attributes: String,
        check: String,
        isRefused: Bool
    ) throws {
        let pool = try Recorded.volume(Reported.volumes(["lv_attr": attributes, "lv_check_needed": check]))
        var found: Failure.Kind?
        do { try OriginState.check(pool: pool) } catch { found = error.failure.kind }
        #expect(found == (isRefused ? .unsuitable : nil))
    }

    private static func group(_ report: String) throws(LVMError) -> VolumeGroup {
        try VolumeGroup(try Report.rows(Array(report.utf8), VolumeGroup.columns, from: "vgs")[0])
    }
}

struct FileSystemPartsTests {
    private static func xfs(log: UInt8, realtime: UInt8) -> [UInt8] {
        var bytes = Array("XFSB".utf8) + [UInt8](repeating: 0, count: 4092)
        (bytes[55], bytes[23]) = (log, realtime)
        return bytes
    }

    private static func ext(features: UInt8, inode: UInt8) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: 4096)
        (bytes[1080], bytes[1081], bytes[1116], bytes[1248]) = (0x53, 0xEF, features, inode)
        return bytes
    }

    @Test(
        arguments: [
            (xfs(log: 1, realtime: 0), nil), (xfs(log: 0, realtime: 0), "log"),
            (xfs(log: 1, realtime: 9), "realtime section"),
            (ext(features: 0x3C, inode: 8), nil), (ext(features: 0x3C, inode: 0), "journal"),
            (ext(features: 0x38, inode: 0), nil), ([UInt8](repeating: 0, count: 4096), nil), ([], nil),
        ] as [([UInt8], String?)]
    )
    func `a part on another device is seen in the superblock`(bytes: [UInt8], part: String?) {
        #expect(FileSystemParts.externalPart(bytes) == part)
    }
}

/// Trees as `/sys/dev/block` has them.
struct DeviceChainTests {
    private let scratch: ScratchDirectory
    private let device = DeviceNumber(major: 254, minor: 9)

    init() throws { scratch = try ScratchDirectory() }

    private func make(_ path: String, _ files: [String: String]) throws {
        for (name, text) in files {
            let file = "\(scratch.path)/\(path)/\(name)"
            try FileSystem.ensurePrivateTree(String(file[..<(file.lastIndex(of: "/") ?? file.endIndex)]))
            try write(text + "\n", to: file)
        }
    }

    private func write(_ text: String, to path: String) throws {
        let file = try #require(fopen(path, "w"))
        fputs(text, file)
        fclose(file)
    }

    @Test func `the volume itself has no layers`() throws {
        try make("254:9", ["dm/uuid": "LVM-x", "dm/name": "vg0-mysql"])
        let chain = DeviceChain(of: device, root: scratch.path)
        #expect(chain.volume == "vg0-mysql")
        #expect(chain.layers == [])
        #expect(
            LVMError.notListed(path: "/d", chain, source: "/dev/dm-9", fileSystem: "xfs")
                == .hiddenVolume(path: "/d", device: "vg0-mysql")
        )
    }

    @Test(arguments: [
        ("CRYPT-LUKS2-0-data", "\"data\" (dm-crypt)"), ("part1-LVM-x", "\"data\" (a partition)"),
        ("mpath-3600", "\"data\" (multipath)"), ("", "\"data\" (a device of device-mapper)"),
    ])
    func `a device of device-mapper on a volume is named by its kind`(uuid: String, layer: String) throws {
        try make("254:9", ["dm/uuid": uuid, "dm/name": "data"])
        try make("254:9/slaves/dm-3", ["dm/uuid": "LVM-x", "dm/name": "vg0-mysql"])
        let chain = DeviceChain(of: device, root: scratch.path)
        #expect(chain.volume == "vg0-mysql")
        #expect(chain.layers == [layer])
        let failure = LVMError.notListed(path: "/d", chain, source: "/dev/dm-9", fileSystem: "xfs").failure
        #expect(failure.message == "\"/d\" is not on the logical volume \"vg0-mysql\" itself: between them is \(layer)")
        #expect(failure.kind == .unsuitable)
    }

    @Test func `a partition of the kernel leads to its disk, and every layer is told`() throws {
        try make("disk/part", ["partition": "1"])
        try make("disk", ["dev": "7:0", "loop/backing_file": "/nowhere"])
        #expect(symlink("disk/part", scratch.path + "/254:9") == 0)
        #expect(symlink("disk", scratch.path + "/7:0") == 0)
        let chain = DeviceChain(of: device, root: scratch.path)
        #expect(chain.volume == nil)
        #expect(chain.layers == ["\"part\" (a partition)", "\"disk\" (a loop device on \"/nowhere\")"])
        #expect(
            LVMError.notListed(path: "/d", chain, source: "/dev/loop0p1", fileSystem: "ext4")
                == .notOnLogicalVolume(path: "/d", device: "/dev/loop0p1", fileSystem: "ext4")
        )
    }

    @Test func `a tree that goes round ends`() throws {
        try make("254:9", ["dm/name": "data"])
        try FileSystem.ensurePrivateTree("\(scratch.path)/254:9/slaves")
        #expect(symlink("..", "\(scratch.path)/254:9/slaves/dm-1") == 0)
        #expect(DeviceChain(of: device, root: scratch.path).volume == nil)
    }
}
