import Foundation
import Glibc
import Host
import Lifecycle
import Storage
import TestSupport
import Testing

private enum Limit {
    /// How long this process's files may become; nil for any length.
    static func fileSize(_ bytes: UInt64?) throws {
        // Else a write beyond it ends the process.
        signal(SIGXFSZ, SIG_IGN)
        var limit = rlimit(rlim_cur: rlim_t(bytes ?? UInt64.max), rlim_max: rlim_t(UInt64.max))
        guard setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit) == 0 else {
            throw HostError.systemCall("setrlimit", on: "file size", errno: errno)
        }
    }
}

struct RunRecordTests {
    let directory: ScratchDirectory
    let identity: Identity

    init() throws {
        directory = try ScratchDirectory()
        identity = try Identity.current()
    }

    @Test func `intended undos are found again, in order`() throws {
        let record = try RunRecord(run: "r1", identity: identity, directory: directory.path)
        let entries = [
            RecordedUndo(
                .exec(["rm", "x y"]),
                for: .partialSet(at: "x y"),
                only: Release.Condition(directory: "/b", inode: 7, fileSystem: "uuid")
            ),
            RecordedUndo(.sql("SET GLOBAL a=1"), for: .serverSetting),
        ]
        for entry in entries { try record.intend(entry) }
        let found = try RunRecord.all(in: directory.path)
        #expect(found == [.init(run: "r1", identity: identity, entries: entries, path: directory.path + "/r1")])
        #expect(try FileIdentity(of: record.path).mode & 0o777 == 0o600)
        try record.remove()
        #expect(try RunRecord.all(in: directory.path).isEmpty)
    }

    @Test func `settled undos are not found again, each as often as it was settled`() throws {
        let record = try RunRecord(run: "r1", identity: identity, directory: directory.path)
        let (first, second) = (RecordedUndo(.exec(["a"]), for: .release), RecordedUndo(.exec(["b"]), for: .hook))
        for entry in [first, second, first] { try record.intend(entry) }
        try record.settle([first])
        #expect(try RunRecord.all(in: directory.path).first?.entries == [first, second])
        try record.settle([first, second])
        try record.settle([second])
        #expect(try RunRecord.all(in: directory.path).first?.entries == [])
    }

    /// As versions without purposes wrote it.
    @Test func `a record of an older version is read`() throws {
        let line = #"{"identity":{"host":"h","machine":"m","boot":"b","pidNamespace":1,"pid":2,"startTime":3}}"#
        let old = [
            line,
            #"{"entry":{"undo":{"sql":{"_0":"SET GLOBAL a=1"}},"context":{}}}"#,
            #"{"entry":{"context":{"directory":"\/b\/.","inode":"7"},"undo":{"exec":{"_0":["rm","-rf","\/b\/.r1.partial"]}}}}"#,
            #"{"entry":{"undo":{"exec":{"_0":["rm","-d","-f","--","\/run\/r1"]}},"context":{}}}"#,
        ]
        try Data(old.joined(separator: "\n").utf8).write(to: URL(filePath: directory.path + "/r1"))
        let found = try #require(try RunRecord.all(in: directory.path).first)
        #expect(found.identity.pid == 2)
        #expect(
            found.entries == [
                RecordedUndo(.sql("SET GLOBAL a=1"), for: nil),
                RecordedUndo(
                    .exec(["rm", "-rf", "/b/.r1.partial"]),
                    for: .partialSet(at: "/b/.r1.partial"),
                    only: Release.Condition(directory: "/b/.", inode: 7)
                ),
                RecordedUndo(.exec(["rm", "-d", "-f", "--", "/run/r1"]), for: nil),
            ]
        )
    }

    @Test func `an entry of a later version's kind is kept`() throws {
        let purpose = RecordedUndo.Purpose(kind: .init(rawValue: "tunnel"))
        let record = try RunRecord(run: "r1", identity: identity, directory: directory.path)
        try record.intend(RecordedUndo(.exec(["rm", "/x.partial"]), for: purpose))
        #expect(try RunRecord.all(in: directory.path).first?.entries.map(\.purpose) == [purpose])
    }

    @Test func `a line that was cut short is what never happened`() throws {
        let record = try RunRecord(run: "r1", identity: identity, directory: directory.path)
        try record.intend(RecordedUndo(.exec(["one"]), for: .hook))
        let file = open(record.path, O_WRONLY | O_APPEND)
        write(file, "{\"entry\":{\"un", 13)
        close(file)
        #expect(try RunRecord.all(in: directory.path).first?.entries == [RecordedUndo(.exec(["one"]), for: .hook)])
    }

    @Test func `a file that is no record is not in the way of records`() throws {
        _ = try RunRecord(run: "r1", identity: identity, directory: directory.path)
        mkdir(directory.path + "/a", 0o700)
        mkfifo(directory.path + "/b", 0o600)
        symlink(directory.path + "/gone", directory.path + "/c")
        #expect(try RunRecord.all(in: directory.path).map(\.run) == ["r1"])
        #expect(try RunRecord.search(in: directory.path).unreadable.isEmpty)
    }

    @Test func `a record that cannot be read is told`() throws {
        // Not even root can.
        let path = "/proc/sys/vm/drop_caches"
        let unreadable = try RunRecord.search(in: "/proc/sys/vm").unreadable
        #expect(unreadable.first { $0.path == path }?.reason == "open \"\(path)\": permission denied")
    }

    @Test func `a run has one record`() throws {
        _ = try RunRecord(run: "r1", identity: identity, directory: directory.path)
        let error = HostError.systemCall("open", on: directory.path + "/r1", errno: EEXIST)
        #expect(throws: error) { try RunRecord(run: "r1", identity: identity, directory: directory.path) }
    }

    @Test func `a line that did not fit leaves nothing of itself`() async {
        // In a process of its own, in which files cannot become longer than it says.
        await #expect(processExitsWith: .exitCode(40)) {
            let directory = try ScratchDirectory()
            let record = try RunRecord(run: "r1", identity: .current(), directory: directory.path)
            try record.intend(RecordedUndo(.exec(["one"]), for: .hook))
            try Limit.fileSize(UInt64(readFile(record.path).count + 5))
            let error = HostError.systemCall("write", on: record.path, errno: EFBIG)
            #expect(throws: error) { try record.intend(RecordedUndo(.exec(["two"]), for: .hook)) }
            try Limit.fileSize(nil)
            try record.intend(RecordedUndo(.exec(["three"]), for: .hook))
            let undos = try RunRecord.all(in: directory.path).first?.entries.map(\.undo)
            exit(undos == [.exec(["one"]), .exec(["three"])] ? 40 : 41)
        }
    }

    @Test func `a record that did not fit is not in the way of a second attempt`() async {
        await #expect(processExitsWith: .exitCode(40)) {
            let directory = try ScratchDirectory()
            let identity = try Identity.current()
            try Limit.fileSize(5)
            let error = HostError.systemCall("write", on: directory.path + "/r1", errno: EFBIG)
            for _ in 0..<2 {
                #expect(throws: error) { try RunRecord(run: "r1", identity: identity, directory: directory.path) }
            }
            exit(try listDirectory(directory.path).isEmpty ? 40 : 41)
        }
    }

    @Test func `no directory means no records`() throws {
        #expect(try RunRecord.all(in: directory.path + "/none").isEmpty)
    }
}
