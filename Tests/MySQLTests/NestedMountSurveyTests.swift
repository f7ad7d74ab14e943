import Glibc
import Host
import Lifecycle
import TestSupport
import Testing

@testable import MySQL

/// The files as they are, under a table of mounts that a test writes.
private struct Mounted: TreeView {
    let live: ProcessView
    let mounts: MountInfo

    func place(of path: FileName) throws -> (base: HeldDirectory, name: FileName) { try live.place(of: path) }
}

@Suite struct NestedMountSurveyTests {
    private let scratch: ScratchDirectory
    private let data: String

    init() throws {
        scratch = try ScratchDirectory()
        data = scratch.path + "/data"
        for directory in ["", "/shop", "/tmp", "/logs", "/logs/a"] { mkdir(data + directory, 0o755) }
    }

    /// - Parameters:
    ///   - mountPoint: in the data directory.
    ///   - root: the path on the volume of the data directory; nil for another device.
    private func survey(_ mountPoint: String, root: String?, with files: [String] = []) throws -> LinkSurvey {
        for file in files { try scratch.write("".utf8, to: "data/" + file) }
        let live = try ProcessView()
        let own = try #require(live.mounts.covering(data))
        var entry = own
        (entry.id, entry.parent, entry.mountPoint) = (999_999, own.id, data + "/" + mountPoint)
        entry.mountPointBytes = Array(entry.mountPoint.utf8)
        entry.root = root.map { "/" + own.pathOnFileSystem(data + "/" + $0) } ?? "/"
        if root == nil { entry.device = DeviceNumber(major: 4000, minor: 7) }
        let mounts = MountInfo(entries: live.mounts.entries + [entry])
        return try LinkSurvey(of: data, in: Mounted(live: live, mounts: mounts), DataRules())
    }

    @Test(
        arguments: [
            ("tmp", ["tmp/#sql_1_0.MAI", "tmp/ibtmp1"], false), ("tmp", ["tmp/t.ibd"], true),
            ("tmp", ["tmp/db.opt"], true),
            ("logs", ["logs/a/bin.000001", "logs/bin.index"], false), ("logs", ["logs/a/t.MYD"], true),
            ("logs/a", ["logs/t.MYD", "logs/a/bin.000001"], false), ("logs/a", ["logs/a/t.frm"], true),
        ]
    )
    func `a mount with a table in it is named as data`(mountPoint: String, files: [String], isData: Bool) throws {
        let survey = try survey(mountPoint, root: nil, with: files)
        let named = survey.files.map { "\($0.role.rawValue) \($0.path) \($0.isRequired)" }
        #expect(named == (isData ? ["tablespace \(data)/\(mountPoint) true"] : []))
    }

    @Test(arguments: [
        ("shop/t.ibd", true), ("ibdata1", true), ("auto.cnf", true), ("ca.pem", false), ("shop/x", false),
    ])
    func `a mount over a data file is named as data`(name: String, isData: Bool) throws {
        let survey = try survey(name, root: nil, with: [name, "shop/other.ibd", "mysql.ibd"])
        #expect(survey.files.map(\.path) == (isData ? [data + "/" + name] : []))
    }

    @Test func `a directory that is bound onto itself is walked`() throws {
        let outside = try scratch.write("".utf8, to: "t.ibd")
        symlink(outside, data + "/shop/t.ibd")
        #expect(try survey("shop", root: "shop").files.map(\.path) == [outside])
        // The snapshot has another directory there.
        #expect(try survey("shop", root: "logs").files.map(\.path) == [data + "/shop"])
    }
}
