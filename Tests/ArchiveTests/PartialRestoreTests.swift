import Foundation
import Glibc
import Lifecycle
import TestSupport
import Testing

@testable import Archive

/// Restores of some members of a set.
@Suite struct PartialRestoreTests {
    private let directory: ScratchDirectory

    init() throws { directory = try ScratchDirectory() }

    private func set() async throws -> SetPlace {
        let fixture = try await ArchiveFixture(directory)
        let script = """
            mkdir -p shop other 'my#sql'; chmod 700 shop
            for name in ib_logfile0 aria_log_control undo001 mysql.ibd shop/orders.ibd shop/orders.frm shop/items.ibd other/things.ibd; do
              echo "$name" > "$name"
            done
            """
        try await shell(script, in: fixture.data)
        let outcome = await fixture.run()
        if let failure = outcome.failure { throw failure }
        return SetPlace(destination: fixture.backups, name: fixture.runID)
    }

    /// Every member below the target but directories.
    private func restored(_ patterns: [String], _ place: SetPlace, to target: String) async throws -> (
        [String], RestoreReport
    ) {
        let files = try await place.open()
        var job = RestoreJob(source: .set(files), target: target, keepsOwners: AwkwardTree.isRoot)
        job.chosen = try await MemberPatterns(patterns).choose(from: files)
        let report = try await job.run()
        let names = try FileManager.default.subpathsOfDirectory(atPath: target).sorted()
        var isDirectory: ObjCBool = false
        let found = names.filter {
            _ = FileManager.default.fileExists(atPath: "\(target)/\($0)", isDirectory: &isDirectory)
            return !isDirectory.boolValue
        }
        let marks = [".lvmbackup-incomplete", "ibdata1", "aria_log_control"]
        return (found.filter { !marks.contains($0) }, report)
    }

    @Test(
        arguments: [
            (["shop/orders.ibd"], ["shop/orders.ibd"]),
            (["orders.*"], ["shop/orders.frm", "shop/orders.ibd"]),
            (["shop/"], ["shop/items.ibd", "shop/orders.frm", "shop/orders.ibd"]),
            (["/shop"], ["shop/items.ibd", "shop/orders.frm", "shop/orders.ibd"]),
            (["*.frm", "other/**"], ["other/things.ibd", "shop/orders.frm"]),
            (["/undo*"], ["undo001"]),
            (["mysql.ibd"], ["mysql.ibd.lvmbackup-incomplete"]),
            (["aria*"], ["aria_log_control.lvmbackup-incomplete"]),
        ] as [([String], [String])]
    )
    func `members that match are restored, and no others`(patterns: [String], names: [String]) async throws {
        let place = try await set()
        let target = try directory.directory("target")
        let (found, report) = try await restored(patterns, place, to: target)
        #expect(found == names)
        #expect(report.files == names.count)
        #expect(report.bytes > 0)
    }

    @Test func `the directories above have their modes, and the content is that of the set`() async throws {
        let place = try await set()
        let target = try directory.directory("target")
        _ = try await restored(["orders.ibd"], place, to: target)
        #expect(try FileStatus(of: RawPath(target + "/shop")).mode & 0o777 == 0o700)
        #expect(try String(contentsOfFile: target + "/shop/orders.ibd", encoding: .utf8) == "shop/orders.ibd\n")
        #expect(!FileManager.default.fileExists(atPath: target + "/other"))
    }

    @Test(arguments: [["shop/orders.ibd"], ["ibdata1", "ib_logfile0", "mysql.ibd"], ["aria*"], ["**"]])
    func `the result never looks like a data directory`(patterns: [String]) async throws {
        let place = try await set()
        let target = try directory.directory("target")
        _ = try await restored(patterns, place, to: target)
        #expect(try RestoreJob.unfinished(in: target).map(RestoreJob.isPartial) == true)
        for name in ["ibdata1", "aria_log_control"] {
            #expect(try String(contentsOfFile: target + "/" + name, encoding: .utf8) == LastNames.placeholderText)
        }
        #expect(!FileManager.default.fileExists(atPath: target + "/ib_logfile0"))
        #expect(!FileManager.default.fileExists(atPath: target + "/mysql.ibd"))
    }

    @Test func `the files that InnoDB needs beside a tablespace are named`() async throws {
        let place = try await set()
        let files = try await place.open()
        let orders = try await MemberPatterns(["orders.ibd"]).choose(from: files)
        #expect(orders.missingForInnoDB.sorted() == ["ib_logfile0", "ibdata1", "mysql.ibd", "undo001"])
        let most = try await MemberPatterns(["orders.ibd", "ibdata1", "ib_logfile*", "undo*"]).choose(from: files)
        #expect(most.missingForInnoDB == ["mysql.ibd"])
        #expect(try await MemberPatterns(["*.frm"]).choose(from: files).missingForInnoDB == [])
    }

    @Test func `a hard link comes with the file that it is another name of`() async throws {
        let fixture = try await ArchiveFixture(directory)
        try await shell("mkdir a b; echo one > a/first; ln a/first b/second; echo two > a/other", in: fixture.data)
        #expect(await fixture.run().failure == nil)
        let place = SetPlace(destination: fixture.backups, name: fixture.runID)
        // The archive has the file under one of the names, and a link under the other.
        var members: [[String]] = []
        for (number, name) in ["a/first", "b/second"].enumerated() {
            let target = try directory.directory("target\(number)")
            let (found, report) = try await restored([name], place, to: target)
            #expect(found.contains(name))
            #expect(report.files == 1)
            #expect(try FileStatus(of: RawPath("\(target)/\(name)")).size == 4)
            members.append(found)
        }
        #expect(members.contains(["a/first", "b/second"]))
        #expect(members.contains { $0.count == 1 })
    }

    @Test(
        arguments: [
            ("shop/ordrs.ibd", "shop/orders.ibd"), ("ordres.frm", "shop/orders.frm"),
            ("shpo/items.ibd", "shop/items.ibd"),
        ]
    )
    func `a pattern that matches nothing is refused with the nearest names`(pattern: String, hint: String) async throws
    {
        let place = try await set()
        let files = try await place.open()
        let error = await #expect(throws: ReadError.self) {
            try await MemberPatterns(["orders.ibd", pattern]).choose(from: files)
        }
        #expect(error?.failure.kind == .unsuitable)
        #expect(error?.failure.message.contains("\"\(pattern)\"") == true)
        #expect(error?.failure.advice?.hasPrefix("did you mean \"\(hint)\"") == true, "\(error?.failure.advice ?? "")")
    }

    @Test func `a pattern like no name gets no hint that misleads`() async throws {
        let place = try await set()
        let files = try await place.open()
        let error = await #expect(throws: ReadError.self) {
            try await MemberPatterns(["qqqqqqqqqqqqqqqqqq"]).choose(from: files)
        }
        #expect(error?.failure.advice?.contains("did you mean") == false)
    }

    @Test(arguments: ["", "/", "a[b"])
    func `a pattern that is none is refused`(pattern: String) {
        #expect(throws: ArchiveError.self) { try MemberPatterns([pattern]) }
    }
}
