import Glibc

@testable import Archive
@testable import Hooks
@testable import Host
@testable import LVM
@testable import LVMBackup
@testable import Lifecycle
@testable import MySQL
@testable import Storage

/// lvmbackup's own parsers, each fed with the fuzzer's inputs.
///
/// None may crash or hang; refusing is what an error is for. Where a parser promises more, the promise is checked.
enum Target: String, CaseIterable {
    case binlog, configuration, frm, glob, hook, index, json, lua, manifest, mountinfo, optionfile, quantity, record,
        recoverylog,
        report,
        sdi, settings, sql, tags, tar, untar

    /// - Throws: the error of a parser that refuses its input.
    func feed(_ bytes: [UInt8]) throws {
        let text = String(decoding: bytes, as: UTF8.self)
        switch self {
        case .binlog: try inFile(bytes) { _ = try BinlogReader.groups(of: HeldFile($0)) }
        case .configuration: _ = try ConfigurationFile.parse(text, path: "x.toml").configuration()
        case .frm: try definition(bytes) { try TableDefinition(frm: $0) }
        case .glob: try glob(bytes)
        case .hook: try hook(bytes)
        case .index: try index(bytes)
        case .json: _ = try JSONValues.decode(.string(bytes))
        case .lua: _ = HookFile(fileName: "10-x.lua", name: "x", path: "10-x.lua", text: text).mistakes
        case .manifest: try manifest(bytes)
        case .mountinfo: try mountinfo(bytes)
        case .optionfile: _ = try OptionFile(parsing: bytes)
        case .quantity: quantity(text)
        case .record: try record(bytes)
        case .recoverylog: _ = RecoveryLog(text).tellingLines
        case .report: try report(bytes)
        case .sdi: try definition(bytes) { try TableDefinition(sdi: $0) }
        case .settings: try settings(text)
        case .sql: try sql(text)
        case .tags: tags(text)
        case .tar: tar(bytes)
        case .untar: try inFile(bytes, untar)
        }
    }

    /// An engine's name is short, and goes into messages.
    private func definition(
        _ bytes: [UInt8],
        _ parse: ((UInt64, Int) throws -> [UInt8]) throws -> TableDefinition
    ) throws {
        let kind = try parse { offset, count in
            precondition(count >= 0)
            return Array(bytes.dropFirst(Int(clamping: offset)).prefix(count))
        }
        guard case .table(let engine) = kind else { return }
        precondition((1...64).contains(engine.utf8.count) && engine.utf8.allSatisfy { (0x21...0x7E).contains($0) })
    }

    /// A pattern and a path, divided by the first zero.
    private func glob(_ bytes: [UInt8]) throws {
        let parts = bytes.split(separator: 0, maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2 else { return }
        _ = try Glob(parts[0]).matches(parts[1])
    }

    private func hook(_ bytes: [UInt8]) throws {
        let lua = try LuaState(memory: 4 << 20) { _, _ in .none }
        lua.limit(.milliseconds(200))
        let prelude = try Prelude.hooks.load(into: lua)
        guard let dispatch = prelude else { fatalError("the prelude returned no function") }
        _ = try lua.call(dispatch, [.text("load"), .string(bytes), .text("@10-fuzz.lua")])
    }

    /// Frames follow each other without a gap.
    private func index(_ bytes: [UInt8]) throws {
        var rest = bytes[...]
        let reader = try IndexReader(path: "index.jsonl") { room in
            let piece = rest.prefix(room.count)
            room.copyBytes(from: piece)
            rest = rest.dropFirst(piece.count)
            return piece.count
        }
        var end: Int64 = 0
        while let frame = try reader.nextFrame() {
            precondition(frame.offset == end)
            end += Int64(frame.length)
        }
    }

    /// The stretches of a file rise and lie in the file.
    private func untar(_ path: String) throws {
        let source = StreamSource(try openSource(RawPath(path)), path: path)
        let reader = TarReader(source)
        while let member = try reader.next() {
            _ = try MemberPath(member.name)
            var position: Int64 = 0
            while let (offset, bytes) = try reader.nextContent() {
                precondition(offset >= position && !bytes.isEmpty)
                position = offset + Int64(bytes.count)
                precondition(position <= member.size)
            }
        }
    }

    /// A manifest that was read is written and read as the same.
    private func manifest(_ bytes: [UInt8]) throws {
        let read = try ManifestFile.decode(bytes, path: "manifest.json")
        let written = try ManifestFile.encode(read)
        let again = try ManifestFile.encode(try ManifestFile.decode(written, path: "manifest.json"))
        precondition(again == written)
    }

    private func mountinfo(_ bytes: [UInt8]) throws {
        let mounts = try MountInfo(parsing: bytes)
        for entry in mounts.entries { _ = mounts.covering(entry.mountPoint) }
    }

    private func quantity(_ text: String) {
        _ = Quantity.seconds(text)
        _ = Quantity.bytes(text)
        _ = Duration(notation: text)
        _ = Timestamp.self
    }

    private func record(_ bytes: [UInt8]) throws {
        let directory = scratch + "/records"
        mkdir(directory, 0o700)
        try write(bytes, to: directory + "/r1")
        for found in try RunRecord.all(in: directory) { _ = found.entries.count }
    }

    private func report(_ bytes: [UInt8]) throws {
        for row in try Report.rows(bytes, [], from: "lvs") {
            try SnapshotHealth.State(snapshot: try LogicalVolume(row)).check()
        }
        for row in try Report.rows(bytes, [], from: "vgs") { _ = try VolumeGroup(row) }
    }

    private func settings(_ text: String) throws {
        for setting in Setting.allCases {
            _ = try Settings.fromEnvironment([setting.environmentVariable: text]).configuration()
        }
        let group = VolumeGroup(name: "vg0", extentSize: 4 << 20, freeExtents: 100)
        _ = try VolumeName(text, group: "vg0")
        _ = try SnapshotSize(text).extents(volume: 1 << 40, group: group)
    }

    /// No value leaves its quotes.
    private func sql(_ text: String) throws {
        let secrets = UsedSecrets { _ in [] }
        let filled = try SQLText.fill("SELECT ?", [.text(text)], secrets)
        precondition(text.isEmpty ? filled == "SELECT ''" : filled.dropFirst(8).dropLast().allSatisfy(\.isASCII))
        _ = try SQLText.fill(text, [.text("x")], secrets)
    }

    private func tags(_ text: String) {
        let words = text.split(separator: ",").map(String.init)
        guard let tags = RunTags(words) else { return }
        precondition(RunTags(tags.all) != nil)
    }

    /// A member's header is whole blocks, under any name.
    private func tar(_ bytes: [UInt8]) {
        let parts = bytes.split(separator: 0, omittingEmptySubsequences: false).map(Array.init)
        var status = Archive.FileStatus(stat())
        status.modified = FileTime(seconds: Int64(bytes.count) - 8, nanoseconds: Int64(bytes.count) % 1_000_000_000)
        let entry = Entry(
            name: RawPath(bytes: parts[0]),
            source: RawPath(bytes: parts[0]),
            kind: parts.count > 1 ? .symbolicLink(target: RawPath(bytes: parts[1])) : .file,
            status: status,
            ownerName: parts.count > 2 ? parts[2] : [],
            groupName: []
        )
        let buffer = ByteBuffer(capacity: 512)
        MemberHeader(entry: entry, attributes: nil, storedLength: 0, isSparse: parts.count == 1 && bytes.count % 2 == 0)
            .append(to: buffer)
        precondition(buffer.count % 512 == 0 && buffer.count >= 512)
    }

    // MARK: Files

    private func inFile(_ bytes: [UInt8], _ read: (String) throws -> Void) throws {
        let path = scratch + "/input"
        try write(bytes, to: path)
        try read(path)
    }

    private func write(_ bytes: [UInt8], to path: String) throws {
        let file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        defer { close(file) }
        guard Glibc.write(file, bytes, bytes.count) == bytes.count else { fatalError("cannot write \(path)") }
    }
}

/// In memory, and of this process alone.
private let scratch: String = {
    var template = Array("/dev/shm/lvmbackup-fuzz.XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { fatalError("no scratch directory") }
    return String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
}()
