import Glibc
import Lifecycle
import TestSupport
import Testing

@testable import Archive

@Suite struct SourceTreesTests {
    private func path(_ path: String, _ onVolume: String) -> DataPath {
        DataPath(role: .tablespace, path: path, pathOnVolume: onVolume)
    }

    @Test func `data outside the data directory is taken once, under its own path`() {
        let mount = Mount(path: "/mnt/s/mysql", mountPoint: "/mnt/s", release: Release("mount") {})
        let sources = SourceTrees(
            mount,
            [
                path("/data/mysql", "mysql"), path("/data/mysql/ibdata1", "mysql/ibdata1"),
                path("/data/other/t.ibd", "other/t.ibd"), path("/data/other", "other"), path("/data/mysql2", "mysql2"),
                path("/data/other", "other"),
            ]
        )
        #expect(sources.outside.map(\.path) == ["/data/mysql2", "/data/other"])
        #expect(sources.outside.map(\.source) == ["/mnt/s/mysql2", "/mnt/s/other"])
        #expect(
            sources.trees.map(\.name.description) == [
                "./", "./.lvmbackup/outside/data", "./.lvmbackup/outside/data/mysql2",
                "./.lvmbackup/outside/data/other",
            ]
        )
    }

    @Test func `a data directory that is the whole volume leaves nothing outside`() {
        let mount = Mount(path: "/mnt/s", mountPoint: "/mnt/s", release: Release("mount") {})
        #expect(SourceTrees(mount, [path("/var/lib/mysql", ""), path("/var/lib/mysql/a", "a")]).outside.isEmpty)
    }

    private func logs(_ path: String, _ onVolume: String, _ names: [String]) -> DataPath {
        DataPath(role: .tablespace, path: path, pathOnVolume: onVolume, names: names)
    }

    @Test func `of a directory that is taken in parts each part is taken once`() {
        let mount = Mount(path: "/mnt/s/data", mountPoint: "/mnt/s", release: Release("mount") {})
        let sources = SourceTrees(
            mount,
            [
                logs("/srv", "", ["binlog.*"]), logs("/srv", "", ["relay.*"]),
                path("/srv/binlog.index", "binlog.index"),
                path("/srv/db", "db"), logs("/srv/db", "db", ["x"]), logs("/srv/data", "data", ["ib_logfile*"]),
            ]
        )
        #expect(
            sources.outside == [
                .init(path: "/srv", source: "/mnt/s", names: ["binlog.*", "relay.*"]),
                .init(path: "/srv/db", source: "/mnt/s/db"),
            ]
        )
    }

    @Test(arguments: ["log[1", "log\\"])
    func `a name that cannot be read as a pattern is taken as it is`(name: String) {
        let tree = SourceTree(root: RawPath("/"), name: RawPath("./x"), isDataDirectory: false, names: [name])
        #expect(tree.takes(Array(name.utf8)))
        #expect(!tree.takes(Array("log1".utf8)))
    }

    @Test func `logs in the directory above the data bring nothing else with them`() async throws {
        let directory = try ScratchDirectory()
        let volume = try directory.directory("volume")
        try await shell(
            "mkdir data lost+found other; echo 1 > data/ibdata1; touch binlog.000001 binlog.index binlog.log.gz error.log",
            in: volume
        )
        let mount = Mount(path: volume + "/data", mountPoint: volume, release: Release("mount") {})
        let sources = SourceTrees(mount, [logs("/srv/mysql", "", ["binlog.0*", "binlog.index"])])
        let members = try await members(of: sources, in: directory)
        #expect(members == ["./ibdata1", outside("mysql/binlog.000001"), outside("mysql/binlog.index")])
    }

    @Test func `a directory outside that holds the data directory does not bring it once more`() async throws {
        let directory = try ScratchDirectory()
        let volume = try directory.directory("volume")
        try await shell("mkdir -p mysql/data; touch mysql/data/ibdata1 mysql/t.ibd", in: volume)
        let mount = Mount(path: volume + "/mysql/data/", mountPoint: volume, release: Release("mount") {})
        let members = try await members(of: SourceTrees(mount, [path("/srv/mysql", "mysql")]), in: directory)
        #expect(members == ["./ibdata1", outside("mysql/t.ibd")])
    }

    @Test(arguments: [
        (["*.tmp"], ["ibdata1", "db/a.ibd", "lone.ibd"]),
        (["a.ibd"], ["ibdata1", "db/x.tmp", "lone.ibd"]),
        (["lone.*"], ["ibdata1", "db/a.ibd", "db/x.tmp"]),
        (["srv/*", "db/*", "srv"], ["ibdata1", "db/a.ibd", "db/x.tmp", "lone.ibd"]),
        (["/.lvmbackup/outside/srv/db/*"], ["ibdata1", "lone.ibd"]),
        (["/a.ibd", "/srv/db/*"], ["ibdata1", "db/a.ibd", "db/x.tmp", "lone.ibd"]),
    ])
    func `patterns leave out what is outside, too`(excludes: [String], members: [String]) async throws {
        let directory = try ScratchDirectory()
        let volume = try directory.directory("volume")
        try await shell("mkdir data db; touch data/ibdata1 db/a.ibd db/x.tmp lone.ibd", in: volume)
        let mount = Mount(path: volume + "/data", mountPoint: volume, release: Release("mount") {})
        let sources = SourceTrees(mount, [path("/srv/db", "db"), path("/srv/lone.ibd", "lone.ibd")])
        let names = try await self.members(of: sources, in: directory, excludes: excludes)
        #expect(names == members.map { $0 == "ibdata1" ? "./ibdata1" : outside($0) })
    }

    private func outside(_ path: String) -> String { "./.lvmbackup/outside/srv/" + path }

    /// The members that are no directories, sorted.
    private func members(
        of sources: SourceTrees,
        in directory: ScratchDirectory,
        excludes: [String] = []
    ) async throws -> [String] {
        let trees = Array(sources.trees.dropFirst())
        try await archive(sources.datadir, to: directory.path("data.tar"), .none, excludes: excludes, outside: trees)
        let list = try await shell("tar -tf '\(directory.path("data.tar"))'")
        return list.split(separator: "\n").map(String.init).filter { !$0.hasSuffix("/") }
            .sorted {
                ($0.count(where: { $0 == "/" }) > 1 ? 1 : 0, $0) < ($1.count(where: { $0 == "/" }) > 1 ? 1 : 0, $1)
            }
    }

    @Test func `directories above what is outside get their owners and modes back`() async throws {
        let directory = try ScratchDirectory()
        let volume = try directory.directory("volume")
        let target = try directory.directory("target")
        try await shell(
            "mkdir -p data far/shop; touch data/ibdata1 far/shop/t.ibd far/other; chmod 2750 far; chmod 711 far/shop",
            in: volume
        )
        let mount = Mount(path: volume + "/data", mountPoint: volume, release: Release("mount") {})
        let table = DataPath(
            role: .tablespace,
            path: "/link/t.ibd",
            realPath: "/srv/far/shop/t.ibd",
            pathOnVolume: "far/shop/t.ibd"
        )
        let sources = SourceTrees(mount, [table])
        #expect(sources.outside.map(\.path) == ["/srv/far/shop/t.ibd"])
        #expect(sources.parents.map(\.path) == ["/srv", "/srv/far", "/srv/far/shop"])
        let trees = Array(sources.trees.dropFirst())
        try await archive(sources.datadir, to: directory.path("data.tar"), .none, outside: trees)
        try await shell("umask 077; tar -xpf ../data.tar", in: target)
        let modes = try await shell("cd .lvmbackup/outside/srv; stat -c '%n %a' far far/shop; ls far", in: target)
        #expect(modes == "far 2750\nfar/shop 711\nshop\n")
    }

    @Test func `a directory that is a member already is no parent`() {
        let mount = Mount(path: "/mnt/s/data", mountPoint: "/mnt/s", release: Release("mount") {})
        let table = path("/srv/logs/x/t.ibd", "logs/x/t.ibd")
        let sources = SourceTrees(mount, [logs("/srv/logs", "logs", ["b.*"]), table])
        #expect(sources.outside.map(\.path) == ["/srv/logs", "/srv/logs/x/t.ibd"])
        #expect(sources.parents.map(\.path) == ["/srv", "/srv/logs/x"])
    }

    @Test func `a link on the way to data is a member as a link`() async throws {
        let directory = try ScratchDirectory()
        let volume = try directory.directory("volume")
        try await shell("mkdir data real; touch data/ibdata1 real/t.ibd; ln -s real link", in: volume)
        let mount = Mount(path: volume + "/data", mountPoint: volume, release: Release("mount") {})
        let link = DataPath(role: .link, path: "/srv/link", pathOnVolume: "link")
        let sources = SourceTrees(mount, [link, path("/srv/real/t.ibd", "real/t.ibd")])
        let trees = Array(sources.trees.dropFirst())
        try await archive(sources.datadir, to: directory.path("data.tar"), .none, outside: trees)
        let list = try await shell("tar -tvf '\(directory.path("data.tar"))'")
        #expect(list.contains("./.lvmbackup/outside/srv/link -> real"))
    }

    @Test func `temporary data is left out by its place, and nothing else of its directory is`() async throws {
        let directory = try ScratchDirectory()
        let volume = try directory.directory("volume")
        try await shell(
            "mkdir -p data/tmp far; touch data/ibdata1 data/mine data/tmp/#sql1.MYD data/tmp/keep far/session far/t.ibd",
            in: volume
        )
        let mount = Mount(path: volume + "/data/", mountPoint: volume, release: Release("mount") {})
        func temporary(_ onVolume: String, _ names: [String]? = nil) -> DataPath {
            DataPath(role: .temporary, path: "/srv/\(onVolume)", pathOnVolume: onVolume, names: names)
        }
        let paths = [
            temporary("data/mine"), temporary("data/tmp", ["#sql*"]), temporary("far/session"), path("/srv/far", "far"),
        ]
        let sources = SourceTrees(mount, paths)
        try await archive(
            sources.datadir,
            to: directory.path("data.tar"),
            .none,
            outside: Array(sources.trees.dropFirst()),
            temporary: TemporaryData(sources.temporary)
        )
        let list = try await shell("tar -tf '\(directory.path("data.tar"))' | grep -v '/$' | sort")
        #expect(list == "./.lvmbackup/outside/srv/far/t.ibd\n./ibdata1\n./tmp/keep\n")
    }

    @Test(.enabled(if: geteuid() == 0))
    func `a file outside that the data's owner cannot read is not taken`() async throws {
        let directory = try ScratchDirectory()
        let volume = try directory.directory("volume")
        try await shell(
            """
            mkdir -p data far/closed far/open; touch data/secret far/secret far/t.ibd far/closed/x far/open/y far/group
            chmod 600 data/secret far/secret; chmod 700 far/closed; chmod 640 far/group; chown -R 65534:65534 data
            chmod 755 .; chmod 700 ..
            """,
            in: volume
        )
        let mount = Mount(path: volume + "/data", mountPoint: volume, release: Release("mount") {})
        let sources = SourceTrees(mount, [path("/srv/far", "far")])
        let trees = Array(sources.trees.dropFirst())
        try await archive(sources.datadir, to: directory.path("data.tar"), .none, outside: trees)
        let list = try await shell("tar -tf '\(directory.path("data.tar"))' | grep -v '/$' | sort")
        let outside = "./.lvmbackup/outside/srv/far/"
        #expect(list == "\(outside)open/y\n\(outside)t.ibd\n./secret\n")
    }

    @Test func `outside trees are unpacked beside the data by plain tar`() async throws {
        let directory = try ScratchDirectory()
        let volume = try directory.directory("volume")
        let target = try directory.directory("target")
        try await shell(
            "mkdir -p mysql/.lvmbackup other/db; echo 1 > mysql/ibdata1; echo 2 > other/db/t.ibd; echo old > mysql/.lvmbackup/x; ln other/db/t.ibd lone.ibd",
            in: volume
        )
        let mount = Mount(path: volume + "/mysql", mountPoint: volume, release: Release("mount") {})
        let sources = SourceTrees(mount, [path("/srv/other", "other"), path("/srv/lone.ibd", "lone.ibd")])
        try await archive(
            volume + "/mysql",
            to: directory.path("data.tar"),
            .none,
            outside: Array(sources.trees.dropFirst())
        )
        try await shell("tar -xf ../data.tar", in: target)
        let files = try await shell("find . -type f | sort; cat .lvmbackup/outside/srv/other/db/t.ibd", in: target)
        #expect(files == "./.lvmbackup/outside/srv/lone.ibd\n./.lvmbackup/outside/srv/other/db/t.ibd\n./ibdata1\n2\n")
    }
}
