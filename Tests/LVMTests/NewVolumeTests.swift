import Host
import Lifecycle
import Storage
import TestSupport
import Testing

@testable import LVM

/// Volumes that restores make.
struct NewVolumeTests {
    private let scratch: ScratchDirectory

    init() throws { scratch = try ScratchDirectory() }

    private static let needs = NewVolume.Needs(
        bytes: 100 << 20,
        members: 200,
        originSize: 300 << 20,
        fileSystem: "ext4"
    )

    /// A group with a volume "mysql", and with the new one as far as commands have made and changed it.
    private final class Group: Sendable {
        let script = CommandScript()

        init(_ columns: [String: String] = [:], newTags: String? = nil) {
            script.on("vgs", say: Reported.group(columns))
            script.on("lvs") { command in
                let selection = command.arguments.last ?? ""
                if selection.hasSuffix("lv_name=mysql") { return Self.report([:]) }
                guard let newTags, selection.hasSuffix("lv_name=new") else { return Self.report(nil) }
                return Self.report(["lv_name": "new", "lv_tags": newTags])
            }
            script.on("lvcreate", say: "")
            script.on("lvchange", say: "")
        }

        private static func report(_ row: [String: String]?) -> CommandResult {
            CommandResult(standardOutput: Array(Reported.volumes(row.map { [$0] } ?? []).utf8))
        }

        /// The commands that change something, without their configuration.
        var changes: [[String]] {
            script.asked.filter { !["lvs", "vgs"].contains($0.executable) }
                .map { [$0.executable] + $0.arguments.dropFirst(2) }
        }
    }

    private func volume(
        _ place: String = "vg0/new",
        size: String? = nil,
        mkfs: String? = nil,
        for needs: NewVolume.Needs = needs,
        in group: Group
    ) async throws -> NewVolume {
        try await NewVolume(
            try NewVolumeRequest(place, size: size, fileSystem: mkfs),
            for: needs,
            run: "r9",
            tools: LVMTools(group.script.commands),
            identity: PretendKept.here,
            lockDirectory: scratch.path + "/locks"
        )
    }

    /// The refused place, size and file system, columns of the group, and words of the reason.
    static let refusals: [(String, String?, String?, [String: String], String)] = [
        ("new", nil, nil, [:], "not of the form GROUP/NAME"),
        ("vg0/new/x", nil, nil, [:], "not of the form GROUP/NAME"),
        ("/srv/new", nil, nil, [:], "not of the form GROUP/NAME"),
        ("vg0&&x/new", nil, nil, [:], "not of the form GROUP/NAME"),
        ("vg0/a b", nil, nil, [:], "only letters, digits"),
        ("vg0/snapshot1", nil, nil, [:], "reserved by LVM"),
        ("vg0/mysql", nil, nil, [:], "it exists already"),
        ("vg0/new", "", nil, [:], "it is empty"),
        ("vg0/new", "-5G", nil, [:], "not a number"),
        ("vg0/new", "1.5.5G", nil, [:], "not a number"),
        ("vg0/new", "100M", nil, [:], "too small"),
        ("vg0/new", "5%ORIGIN", nil, [:], "too small"),
        ("vg0/new", "311M", "xfs", [:], "too small"),
        ("vg0/new", "10G", nil, [:], "the group has 312 MiB free"),
        ("vg0/new", nil, nil, ["vg_free_count": "20"], "the group has 80 MiB free"),
        ("vg0/new", nil, "btrfs", [:], "no file system \"btrfs\""),
        ("vg0/new", nil, nil, ["vg_attr": "rz--n-"], "read-only"),
        ("vg0/new", nil, nil, ["vg_attr": "wzx-n-"], "exported"),
        ("vg0/new", nil, nil, ["vg_missing_pv_count": "1"], "missing"),
        ("vg0/new", nil, nil, ["vg_lock_type": "sanlock"], "shared"),
    ]

    @Test(arguments: refusals.indices)
    func `a volume that cannot be made is refused before a command changes anything`(row: Int) async throws {
        let (place, size, mkfs, columns, words) = Self.refusals[row]
        let group = Group(columns)
        let error = await #expect(throws: LVMError.self) {
            _ = try await volume(place, size: size, mkfs: mkfs, in: group)
        }
        #expect(error?.failure.message.contains(words) == true, "\(error?.failure.message ?? "")")
        #expect(error?.failure.message.hasPrefix("cannot make volume \"\(place)\": ") == true)
        #expect(error.map { Outcome.exitStatus(of: $0.failure) } == 78)
        #expect(group.changes == [])
    }

    @Test func `a group that does not exist is refused`() async throws {
        let group = Group()
        group.script.on("vgs", say: #"{"report": [{"vg": []}]}"#)
        let error = await #expect(throws: LVMError.self) { _ = try await volume("nowhere/new", in: group) }
        #expect(error.map { Outcome.exitStatus(of: $0.failure) } == 78)
    }

    @Test(arguments: [(Int64.max, 1), (-1, 1), (1, Int.max), (1, -1), (.max / 5, 1 << 39)] as [(Int64, Int)])
    func `sizes of a set that make no sense are refused`(bytes: Int64, members: Int) async throws {
        let needs = NewVolume.Needs(bytes: bytes, members: members, originSize: .max, fileSystem: nil)
        let group = Group()
        await #expect(throws: LVMError.self) { _ = try await volume(for: needs, in: group) }
        #expect(group.changes == [])
    }

    /// The size, the set's bytes, members and volume, and the extents of 4 MiB.
    static let sizes: [(String?, Int64, Int, Int64?, Int64)] = [
        (nil, 1 << 20, 10, 300 << 20, 75), (nil, 100 << 20, 200, nil, 61), ("300", 1 << 20, 10, nil, 75),
        ("301M", 1 << 20, 10, nil, 76), ("100%FREE", 1 << 20, 10, nil, 78), ("70e", 1 << 20, 10, nil, 70),
        ("100%ORIGIN", 1 << 20, 10, 290 << 20, 72), (nil, 0, 12_000, nil, 49),
    ]

    @Test(arguments: sizes)
    func `a volume has the size that was asked for, else that of the backed-up one`(
        size: String?,
        bytes: Int64,
        members: Int,
        origin: Int64?,
        extents: Int64
    ) async throws {
        let needs = NewVolume.Needs(bytes: bytes, members: members, originSize: origin, fileSystem: "ext4")
        #expect(try await volume(size: size, for: needs, in: Group()).extents == extents)
    }

    @Test func `a volume bears the tags of its run from the command on that makes it`() async throws {
        let group = Group()
        try await volume("/dev/vg0/new", in: group).create()
        let words = try #require(group.changes.first)
        #expect(words.starts(with: ["lvcreate", "-y", "-Wy", "-Zy", "-n", "new", "-l", "75", "--addtag"]))
        #expect(words.last == "vg0")
        let origin = "lvmbackup_origin=vg0/new"
        for tag in [RunTags.ours, RunTags.active, "lvmbackup_run=r9", origin] { #expect(words.contains(tag)) }
        #expect(group.script.asked.last?.environment == RunProcesses.mark("r9"))
        #expect(try RunLock.isFree("vg0/new", directory: scratch.path + "/locks"))
    }

    @Test func `an lvcreate that failed is told, and no lock is left`() async throws {
        let group = Group()
        group.script.on("lvcreate") { _ in CommandResult(status: .exited(5)) }
        let volume = try await volume(in: group)
        await #expect(throws: LVMError.volumeNotMade("vg0/new", reason: "lvcreate ended with status 5")) {
            try await volume.create()
        }
        #expect(try RunLock.isFree("vg0/new", directory: scratch.path + "/locks"))
    }

    @Test func `a volume that another run is making is deferred`() async throws {
        let owner = RunLock.Owner(run: "r1", pid: 1, since: 0)
        let lock = try RunLock("vg0/new", owner: owner, directory: scratch.path + "/locks")
        defer { lock.release() }
        let group = Group()
        let volume = try await volume(in: group)
        let error = await #expect(throws: StorageError.self) { try await volume.create() }
        #expect(error.map { Outcome.exitStatus(of: $0.failure) } == 75)
        #expect(group.changes == [])
    }

    @Test func `a complete volume loses all tags in one command, by which it would be removed`() async throws {
        let group = Group(newTags: "site")
        let volume = try await volume(tagged: group)
        try await volume.keep()
        let words = try #require(group.changes.first)
        #expect(words.filter { $0 == "--deltag" }.count == volume.tags.all.count)
        #expect(words.suffix(2) == ["-S", "lv_tags={lvmbackup_active && lvmbackup_run=r9}"])
        #expect(
            volume.release.undo == .exec(SnapshotRemoval.command("lv_tags={lvmbackup_active && lvmbackup_run=r9}"))
        )
    }

    @Test func `a volume whose tags stay is not handed over`() async throws {
        let volume = try await volume(tagged: Group(newTags: "lvmbackup,lvmbackup_active,lvmbackup_run=r9"))
        await #expect(throws: LVMError.self) { try await volume.keep() }
    }

    /// A volume that was checked when the group did not have it.
    private func volume(tagged group: Group) async throws -> NewVolume {
        var volume = try await volume(in: Group())
        volume.tools = LVMTools(group.script.commands)
        return volume
    }
}

extension StaleRunCleanupTests {
    @Test(arguments: [true, false])
    func `a volume that an unfinished restore has made is removed`(isGuardian: Bool) async throws {
        var identity = here
        dead(&identity)
        let tags = RunTags(run: "r1", identity: identity, origin: "vg0/new").all
        let group = PretendGroup([("new", tags), ("kept", ["site"])])
        let report = try await isGuardian ? cleanup(group).cleanUp(run: "r1") : cleanup(group).cleanUp()
        #expect(report.removed == [#"volume "vg0/new""#])
        #expect(group.names == ["kept"])
        #expect(group.resumed == [])
    }
}
