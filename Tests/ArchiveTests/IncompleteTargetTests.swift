import Foundation
import Glibc
import Lifecycle
import TestSupport
import Testing

@testable import Archive

/// The state of a target between the beginning and the end of its restore.
@Suite struct IncompleteTargetTests {
    private let directory: ScratchDirectory
    private let target: String
    private static let names = ["ibdata1", "mysql.ibd", "aria_log_control"]

    init() throws {
        directory = try ScratchDirectory()
        target = try directory.directory("target")
    }

    /// A tar file of the given members, whole or cut off behind the first bytes of the last one.
    private func stream(of script: String, isWhole: Bool) async throws -> String {
        let source = directory.path("source")
        try await shell("rm -rf source; mkdir source", in: directory.path("."))
        try await shell("\(script); head -c 3000000 /dev/urandom > zz", in: source)
        let path = directory.path("stream.tar")
        try await shell("tar --sort=name -cf '\(path)' .", in: source)
        if !isWhole { try await shell("truncate -s -1000000 '\(path)'", in: "/") }
        return path
    }

    private func content(_ name: String) -> String? {
        FileManager.default.contents(atPath: "\(target)/\(name)").map { String(decoding: $0, as: UTF8.self) }
    }

    private func access() throws -> String {
        let status = try FileStatus(of: RawPath(target))
        return "\(String(status.mode & 0o7777, radix: 8)) \(status.owner):\(status.group)"
    }

    /// Over each combination of an earlier server's files, and streams of every kind of server.
    @Test(
        arguments: [
            "echo old > ibdata1; echo old > aria_log_control; echo old > mysql.ibd", "echo old > aria_log_control",
        ],
        ["echo new > ibdata1", "echo new > ibdata1; echo new > aria_log_control", "echo new > mysql.ibd", ":"]
    )
    func `an earlier server's files never start a server on the half of a stream`(old: String, new: String) async throws
    {
        try await shell(old, in: target)
        let half = try await stream(of: new, isWhole: false)
        await #expect(throws: (any Error).self) { try await restoreStream(half, to: target) }
        for name in Self.names {
            // MySQL makes no new file of this name.
            let isMissing = name == "mysql.ibd" && !old.contains(name)
            #expect(content(name) == (isMissing ? nil : LastNames.placeholderText), "\(name)")
        }

        // A second and a third attempt change nothing about that.
        await #expect(throws: (any Error).self) { try await restoreStream(half, to: target) }
        try await restoreStream(stream(of: new, isWhole: true), to: target)
        for name in Self.names {
            // An old ibdata1 makes room at once: hardly any data directory is without one.
            let kept = name != "ibdata1" && old.contains(name) ? "old\n" : nil
            #expect(content(name) == (new.contains(name) ? "new\n" : kept), "\(name)")
        }
        #expect(try memberNames(target).filter { $0.contains("lvmbackup") } == [])
    }

    @Test(arguments: [".lvmbackup-incomplete", ".lvmbackup-former-ibdata1", ".lvmbackup-former-aria_log_control"])
    func `a member with the name of a restore's own file is refused`(name: String) async throws {
        let path = try await stream(of: "echo x > \(name)", isWhole: true)
        await #expect(throws: ReadError.self) { try await restoreStream(path, to: target) }
    }

    @Test(arguments: ["before 750 1 2", "before 4777 0 4294967295"])
    func `the note of the former owner and mode is read as it is written`(text: String) {
        #expect(TargetSeal(text)?.text == text)
    }

    @Test(arguments: [
        "", "before", "before 8 1 2", "before 10000 1 2", "before 750 -1 2", "set 750 1 2", "before 7 1 2 3",
    ])
    func `another text is no note of an owner`(text: String) { #expect(TargetSeal(text) == nil) }

    // MARK: As root

    /// Arguments of tar, and the access in the end.
    static let ends = [(".", "751 1234:1235"), ("--exclude=./ *", "2750 65534:65533")]

    @Test(.enabled(if: AwkwardTree.isRoot, "owners need root"), arguments: ends)
    func `other users are kept out until the end, and the directory gets its owner and mode then`(
        members: String,
        access expected: String
    ) async throws {
        try await shell("chown 65534:65533 .; chmod 2750 .; setfacl -m u:65532:rwx .; chmod g-w .", in: target)
        let source = try directory.directory("source")
        try await shell("head -c 3000000 /dev/urandom > a; chmod 751 .; chown 1234:1235 .", in: source)
        let (whole, half) = (directory.path("whole.tar"), directory.path("half.tar"))
        try await shell("tar -cf '\(whole)' \(members); head -c 2000000 '\(whole)' > '\(half)'", in: source)
        for _ in 1...2 {
            await #expect(throws: (any Error).self) { try await restoreStream(half, to: target) }
            #expect(try access() == "700 0:0")
            let list = try await shell("getfacl -cpe .", in: target)
            #expect(
                list.split(separator: "\n").contains {
                    $0.hasPrefix("user:65532:rwx") && $0.hasSuffix("#effective:---")
                }
            )
        }
        try await restoreStream(whole, to: target)
        #expect(try access() == expected)
    }

    @Test(.enabled(if: AwkwardTree.isRoot, "owners need root"))
    func `a restore without owners leaves the directory's owner as it was`() async throws {
        let (_, place) = try await ArchiveFixture.awkwardSet(directory, .standard)
        try await shell("chown 65534:65533 .", in: target)
        let files = try await place.open()
        let isClosed = Monitor<Bool>(true)
        let target = target
        _ = try await RestoreJob(source: .set(files), target: target, keepsOwners: false) { _ in
            let status = try? FileStatus(of: RawPath(target))
            isClosed.change { $0 = $0 && status?.owner == 0 && status.map { $0.mode & 0o7777 } == 0o700 }
        }.run()
        #expect(isClosed.read { $0 })
        #expect(try FileStatus(of: RawPath(target)).owner == 65534)
    }

    @Test(.enabled(if: AwkwardTree.isRoot, "owners need root"))
    func `an owner that was changed in between stays`() async throws {
        let path = try await stream(of: ":", isWhole: false)
        await #expect(throws: (any Error).self) { try await restoreStream(path, to: target) }
        try await shell("chown 65534 .; chmod 711 .", in: target)
        try await shell("tar -cf '\(path)' zz", in: directory.path("source"))
        try await restoreStream(path, to: target)
        #expect(try access() == "711 65534:0")
    }
}
