import Glibc
import Host
import Lifecycle
import Synchronization
import TestSupport
import Testing

@testable import MySQL

@Suite struct LinkSurveyTests {
    private let scratch: ScratchDirectory
    /// A directory of another file system.
    private let far: ScratchDirectory
    private let data: String
    private let outside: String

    init() throws {
        scratch = try ScratchDirectory()
        far = try ScratchDirectory(in: "/dev/shm")
        data = scratch.path + "/data"
        outside = scratch.path + "/outside"
        for path in [data, data + "/shop", outside, far.path + "/empty", far.path + "/table"] { mkdir(path, 0o755) }
        for path in [
            data + "/ibdata1", data + "/shop/t.ibd", outside + "/o.ibd", outside + "/notes.txt",
            far.path + "/error.log",
            far.path + "/table/t.frm", far.path + "/blob",
        ] { touch(path) }
        let devices = try [data, far.path].map { try FileIdentity(of: $0).device }
        try #require(devices[0] != devices[1], "/tmp and /dev/shm have to be different file systems")
    }

    private func touch(_ path: String) { close(open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0o644)) }

    private func link(_ name: String, _ target: String) { symlink(target, data + "/" + name) }

    private func survey(
        excluding excluded: Set<String> = [],
        schemas: Set<String> = [],
        known: [DataFile] = []
    ) throws -> LinkSurvey {
        var rules = DataRules { path, place, _ in excluded.contains(place.isEmpty ? path : "\(place)/\(path)") }
        rules.schemas = schemas
        return try LinkSurvey(of: data, known: known, in: ProcessView(), rules)
    }

    @Test func `a data directory without links has nothing outside`() throws {
        let survey = try survey()
        #expect(survey.files == [] && survey.warnings == [] && survey.excluded == [])
    }

    @Test func `the target of a link on the volume is a member, under any name`() throws {
        link("shop/t2.ibd", outside + "/notes.txt")
        link("db", "../outside")
        let files = try survey().files
        #expect(files.map(\.path) == [outside, outside + "/notes.txt"])
        #expect(files.map(\.link) == [data + "/db", data + "/shop/t2.ibd"])
    }

    @Test func `links outside that a chain goes by are members as links`() throws {
        symlink("notes.txt", outside + "/second")
        link("shop/t2.ibd", "../../outside/second")
        let files = try survey().files
        #expect(files.map(\.path) == [outside + "/notes.txt", outside + "/second"])
        #expect(files.map(\.role) == [.tablespace, .link])
    }

    @Test func `links inside a linked directory are followed, too`() throws {
        let second = scratch.path + "/second"
        mkdir(second, 0o755)
        touch(second + "/deep.ibd")
        symlink("../second/deep.ibd", outside + "/deep.ibd")
        link("db", outside)
        #expect(try survey().files.map(\.path) == [outside, second + "/deep.ibd"])
    }

    /// The name of the link, its target on the other file system, and whether that is data.
    static let leadingAway: [(String, String, Bool)] = [
        ("mysql.sock", "socket", false), ("logs", "", true), ("empty", "empty", false),
        ("error.log", "error.log", false),
        ("shop/t2.ibd", "blob", true), ("shop/t2.MYD", "blob", true), ("ibdata2", "blob", true),
        ("db", "table", true), ("shop/notes", "blob", false), ("auto.cnf", "blob", true), ("pipe.ibd", "socket", false),
    ]

    @Test(arguments: leadingAway)
    func `a link to another volume is refused for data, and told of otherwise`(
        name: String,
        target: String,
        isData: Bool
    ) throws {
        mkfifo(far.path + "/socket", 0o600)
        let target = target.isEmpty ? far.path : far.path + "/" + target
        link(name, target)
        let survey = try survey()
        let real = try FileSystem.realPath(target)
        #expect(survey.files.map(\.path) == (isData ? [real] : []))
        #expect(survey.files.allSatisfy { $0.isRequired && $0.link == data + "/" + name })
        #expect(survey.warnings.count == (isData ? 0 : 1))
        #expect(survey.warnings.allSatisfy { $0.contains(name) && $0.contains("archived as a link") })
    }

    /// The server's account can make any number of them.
    @Test func `of thousands of links without data some are told, and the number of the others`() throws {
        for number in 0..<3000 { link("link\(number)", far.path + "/error.log") }
        let survey = try survey()
        #expect(survey.warnings.count == 21)
        #expect(survey.warnings.last == "2980 more symbolic links lead to what is not archived")
    }

    @Test func `an empty directory elsewhere is data where the dictionary has it as a database`() throws {
        link("empty", far.path + "/empty")
        #expect(try survey(schemas: ["mysql", "empty"]).files.map(\.path) == [far.path + "/empty"])
        #expect(try survey(schemas: ["mysql"]).files == [])
    }

    @Test func `data on the volume that is reached by another volume is refused with the link`() throws {
        symlink(outside, far.path + "/empty/back")
        link("empty", far.path + "/empty")
        #expect(try survey().files.map(\.path) == [far.path + "/empty"])
    }

    @Test func `a link that leads to nothing or to itself is a link, and told of`() throws {
        link("nothing", "/no/such/place")
        link("loop", "loop")
        let survey = try survey()
        #expect(survey.files == [])
        #expect(survey.warnings.count == 2)
    }

    @Test func `an excluded link is neither followed nor refused`() throws {
        link("db", far.path + "/table")
        link("near", outside)
        link("shop/x.ibd", far.path + "/blob")
        let survey = try survey(excluding: ["db", "near", "shop"])
        #expect(survey.files == [] && survey.warnings == [])
        #expect(Set(survey.excluded.map(\.description)) == [data + "/db", data + "/shop/x.ibd"])
    }

    @Test func `a place in the archive is excluded before it is refused`() throws {
        link("db", far.path + "/table")
        #expect(try survey(excluding: [".lvmbackup/outside\(far.path)/table"]).files == [])
    }

    @Test func `the file that names the place of a table is followed`() throws {
        let file = try #require(fopen(data + "/shop/remote.isl", "w"))
        fputs(outside + "/o.ibd\n", file)
        fclose(file)
        #expect(try survey().files.map(\.path) == [outside + "/o.ibd"])
    }

    @Test func `paths that the server names bring the links on their way`() throws {
        symlink("outside", scratch.path + "/undo")
        let known = [DataFile(role: .undoLog, path: scratch.path + "/undo/o.ibd")]
        #expect(try survey(known: known).files.map(\.path) == [scratch.path + "/undo"])
    }

    /// Sessions make tables in it at any moment.
    @Test(arguments: [DataFile.Role.temporary, .tablespace])
    func `a link to a directory for temporary files is no data`(role: DataFile.Role) throws {
        for name in ["#sql-temptable-1.MAI", "#sql-temptable-1.frm", "ibtmp1", "temp_10.ibt"] {
            touch(far.path + "/empty/" + name)
        }
        link("tmp", far.path + "/empty")
        let known = [DataFile(role: role, path: data + "/tmp", isRequired: false)]
        #expect(try survey(known: known).files.map(\.path) == (role == .temporary ? [] : [far.path + "/empty"]))
        // A database's directory is data, even as a directory for temporary files.
        #expect(try survey(schemas: ["tmp"], known: known).files.map(\.path) == [far.path + "/empty"])
        touch(far.path + "/empty/t.ibd")
        #expect(try survey(known: known).files.map(\.path) == [far.path + "/empty"])
    }

    // MARK: Directories that variables name

    /// The role, the patterns of its names, and a member of that directory.
    static let named: [(DataFile.Role, [String]?, String)] = [
        (.redoLog, ["ib_logfile*", "#innodb_redo"], "#innodb_redo"), (.redoLog, ["ib_logfile*"], "ib_logfile0"),
        (.undoLog, ["undo*", "*.ibu"], "undo_001"), (.undoLog, ["undo*", "*.ibu"], "x.ibu"),
        (.ariaLog, ["aria_log*"], "aria_log.00000001"), (.doublewrite, ["#ib_*dblwr"], "#ib_16384_0.dblwr"),
        (.tablespace, nil, "000010.sst"), (.redoLog, nil, "000012.log"), (.tablespace, ["*.mrn*"], "shop.mrn.0000100"),
    ]

    @Test(arguments: named)
    func `a link in a directory that a variable names is followed`(
        role: DataFile.Role,
        names: [String]?,
        member: String
    ) throws {
        let near = scratch.path + "/near"
        mkdir(near, 0o755)
        touch(near + "/inner")
        symlink("../near", outside + "/" + member)
        let known = [DataFile(role: role, path: outside, names: names)]
        #expect(try survey(known: known).files.map(\.path) == [near])
        unlink(outside + "/" + member)
        symlink(far.path + "/empty", outside + "/" + member)
        let found = try survey(known: known).files
        #expect(found.map(\.path) == [far.path + "/empty"])
        #expect(found.allSatisfy { $0.isRequired && $0.link == outside + "/" + member })
    }

    @Test func `members of such a directory that are not the server's are not followed`() throws {
        symlink(far.path + "/table", outside + "/other")
        let known = [DataFile(role: .redoLog, path: outside, names: ["ib_logfile*"])]
        #expect(try survey(known: known).files == [])
        // A link in the data directory leads to all members.
        link("db", outside)
        #expect(Set(try survey(known: known).files.map(\.path)) == [outside, far.path + "/table"])
    }

    @Test func `the data directory is walked as such where a variable names a directory above it`() throws {
        link("db", far.path + "/table")
        let known = [DataFile(role: .tablespace, path: scratch.path)]
        let survey = try survey(schemas: ["db"], known: known)
        #expect(survey.files.map(\.path) == [far.path + "/table"])
        #expect(survey.files.map(\.link) == [data + "/db"])
    }

    // MARK: Mounts

    /// The data directory with one more mount of the other file system.
    private func survey(
        mounting path: String,
        known: [DataFile],
        excluding excluded: Set<String> = [],
        schemas: Set<String> = []
    ) throws -> LinkSurvey {
        var rules = DataRules { path, _, _ in excluded.contains(path) }
        rules.schemas = schemas
        return try LinkSurvey(of: data, known: known, in: MountedTree(at: path, shows: far.path), rules)
    }

    /// Files on the mount, and whether they are the server's data.
    static let onMounts: [([String], Bool)] = [
        ([], false), (["#sql-temptable-1.MAI", "#sql1_2.frm", "ibtmp1", "temp_1.ibt", "notes.txt"], false),
        (["t.ibd"], true), (["t.MYD"], true), (["t.frm"], true), (["db.opt"], true), (["deep/er/t.MYD"], true),
        (["ibdata1"], true), (["t.sdi"], true),
    ]

    @Test(arguments: onMounts, [DataFile.Role.temporary, .binlog, .relayLog])
    func `a mount for temporary files or logs is searched for data`(
        content: (files: [String], isData: Bool),
        role: DataFile.Role
    ) throws {
        for path in ["/table/t.frm", "/table", "/blob", "/error.log", "/empty"] { remove(far.path + path) }
        for path in ["/deep", "/deep/er"] { mkdir(far.path + path, 0o755) }
        for name in content.files { touch(far.path + "/" + name) }
        for place in ["tmp", "tmp/inner"] {
            mkdir(data + "/" + place, 0o755)
            let known = [DataFile(role: role, path: data + "/tmp", isRequired: false, names: ["#sql*"])]
            let look = { try survey(mounting: data + "/" + place, known: known, excluding: $0).files.map(\.path) }
            #expect(try look([]) == (content.isData ? [data + "/" + place] : []))
            #expect(try look([place]) == [])
        }
    }

    @Test func `an empty database on such a mount is data`() throws {
        mkdir(data + "/tmp", 0o755)
        for path in ["/table/t.frm", "/table", "/blob"] { remove(far.path + path) }
        let known = [DataFile(role: .temporary, path: data + "/tmp", isRequired: false, names: ["#sql*"])]
        let survey = try survey(mounting: data + "/tmp", known: known, schemas: ["mysql", "tmp"])
        #expect(survey.files.map(\.path) == [data + "/tmp"])
    }

    @Test(arguments: ["#innodb_redo", "ib_logfile0", "other"])
    func `a mount in a directory that a variable names counts by its name and content`(name: String) throws {
        let isFile = name == "ib_logfile0"
        if isFile { touch(outside + "/" + name) } else { mkdir(outside + "/" + name, 0o755) }
        let known = [DataFile(role: .redoLog, path: outside, names: ["ib_logfile*", "#innodb_redo"])]
        let shown = isFile ? far.path + "/blob" : far.path
        let tree = try MountedTree(at: outside + "/" + name, shows: shown)
        let found = try LinkSurvey(of: data, known: known, in: tree, DataRules())
        #expect(found.files.map(\.path) == (name == "other" ? [] : [outside + "/" + name]))
        #expect(found.files.allSatisfy { $0.link == nil })
    }

    @Test(.enabled(if: geteuid() == 0)) func `another user's file that a link names is not the server's`() throws {
        chmod(scratch.path, 0o755)
        touch(outside + "/secret")
        chmod(outside + "/secret", 0o600)
        mkdir(scratch.path + "/closed", 0o700)
        link("secret", outside + "/secret")
        link("closed", scratch.path + "/closed")
        let account = Account(uid: 65534, gid: 65534, groups: [])
        let seen = try account.assumed { try survey() }
        #expect(seen.files.map(\.path).contains(outside + "/secret") == false)
        #expect(seen.warnings.contains { $0.contains("secret") })
    }

    @Test(.enabled(if: geteuid() == 0)) func `a directory that the server can enter but not list is refused`() throws {
        chmod(scratch.path, 0o755)
        chmod(outside, 0o711)
        link("db", outside)
        let account = Account(uid: 65534, gid: 65534, groups: [])
        #expect(throws: MySQLError.unlistable(outside)) { try account.assumed { try survey() } }
    }

    @Test(.timeLimit(.minutes(1))) func `special files are left alone, under any name`() throws {
        for name in ["shop/t.isl", "shop/t3.ibd", "fifo"] { mkfifo(data + "/" + name, 0o600) }
        link("shop/linked.isl", data + "/fifo")
        #expect(try survey().files == [])
    }

    // MARK: Property

    /// The regular files that a process reaches by opening every path below a directory.
    private struct Reached {
        /// Reached without leaving the volume, by device and inode.
        var onVolume: [FileIdentity: String] = [:]
        /// Reached on or by another volume, by path without links.
        var elsewhere: Set<String> = []
        private var visited: Set<String> = []

        init(from directory: String, device: DeviceNumber) { walk(directory, device, isAway: false) }

        private mutating func walk(_ path: String, _ device: DeviceNumber, isAway: Bool) {
            guard let identity = try? FileIdentity(of: path), let real = try? FileSystem.realPath(path) else { return }
            let isAway = isAway || identity.device != device
            if identity.isRegular {
                if isAway { elsewhere.insert(real) } else { onVolume[identity] = path }
            } else if identity.isDirectory, visited.insert("\(isAway) \(real)").inserted {
                for name in (try? listDirectory(path)) ?? [] { walk(path + "/" + name, device, isAway: isAway) }
            }
        }
    }

    /// The regular files below a path, links not followed.
    private func stored(_ path: String, _ device: DeviceNumber) throws -> Set<FileIdentity> {
        let identity = try FileIdentity(of: path, followLinks: false)
        guard identity.device == device else { return [] }
        if identity.isRegular { return [identity] }
        guard identity.isDirectory else { return [] }
        return try listDirectory(path).reduce(into: []) { $0.formUnion(try stored(path + "/" + $1, device)) }
    }

    @Test(arguments: 1...80)
    func `every file that a process opens is in the set, or named as elsewhere`(seed: UInt64) throws {
        let names = ["a.txt", "b.ibd", "c", "d.MYD", "e.log", "f"]
        _ = RandomTree(in: [data, outside, far.path], seed: seed, size: 60, names: names)
        let device = try FileIdentity(of: data).device
        let survey = try survey()
        var set = try stored(data, device)
        for file in survey.files where file.role != .link { set.formUnion(try stored(file.path, device)) }
        let refused = try survey.files.filter { try FileIdentity(of: $0.path, followLinks: false).device != device }
        let reached = Reached(from: data, device: device)
        for (file, path) in reached.onVolume { #expect(set.contains(file), "\(path) is not in the set") }
        for path in reached.elsewhere where DataNames.isData(FileName(path).last) {
            #expect(!refused.isEmpty, "\(path) is elsewhere, and nothing is refused")
        }
    }
}
