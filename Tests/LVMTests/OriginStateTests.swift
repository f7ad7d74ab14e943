import Glibc
import Host
import Lifecycle
import Storage
import TestSupport
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

/// Trees as `/sys/dev/block` has them.
struct UnlistedDeviceTests {
    private let scratch: ScratchDirectory

    init() throws { scratch = try ScratchDirectory() }

    private func failure(_ files: [String: String]) throws -> LVMError {
        for (name, text) in files {
            let file = "\(scratch.path)/254:9/\(name)"
            try FileSystem.ensurePrivateTree(String(file[..<(file.lastIndex(of: "/") ?? file.endIndex)]))
            let stream = try #require(fopen(file, "w"))
            fputs(text + "\n", stream)
            fclose(stream)
        }
        let chain = DeviceChain(of: DeviceNumber(major: 254, minor: 9), downTo: "LVM-", root: scratch.path)
        return LVMError.notListed(path: "/d", chain, source: "/dev/dm-9", fileSystem: "xfs")
    }

    @Test func `a volume that LVM does not list is hidden`() throws {
        let error = try failure(["dm/uuid": "LVM-x", "dm/name": "vg0-mysql"])
        #expect(error == .hiddenVolume(path: "/d", device: "vg0-mysql"))
    }

    @Test func `a layer above the volume is named`() throws {
        let lower = ["slaves/dm-3/dm/uuid": "LVM-x", "slaves/dm-3/dm/name": "vg0-mysql"]
        let error = try failure(["dm/uuid": "CRYPT-LUKS2-0-data", "dm/name": "data"].merging(lower) { $1 })
        #expect(
            error.failure.message
                == "\"/d\" is not on the logical volume \"vg0-mysql\" itself: between them is \"data\" (dm-crypt)"
        )
        #expect(error.failure.kind == .unsuitable)
    }

    @Test func `a device without a volume below is on none`() throws {
        let error = try failure(["partition": "1"])
        #expect(error == .notOnLogicalVolume(path: "/d", device: "/dev/dm-9", fileSystem: "xfs"))
    }
}
