import Lifecycle
import Testing

@testable import Archive

@Suite struct SourceTreesTests {
    private func path(_ path: String, _ onVolume: String) -> DataPath {
        DataPath(role: .tablespace, path: path, pathOnVolume: onVolume)
    }

    @Test func `what lies outside the data directory is taken once, under its own path`() {
        let mount = Mount(path: "/mnt/s/mysql", mountPoint: "/mnt/s", release: Release("mount"))
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
                "./", "./.lvmbackup/outside/data/mysql2", "./.lvmbackup/outside/data/other",
            ]
        )
    }

    @Test func `a data directory that is the whole volume leaves nothing outside`() {
        let mount = Mount(path: "/mnt/s", mountPoint: "/mnt/s", release: Release("mount"))
        #expect(SourceTrees(mount, [path("/var/lib/mysql", ""), path("/var/lib/mysql/a", "a")]).outside.isEmpty)
    }

    @Test func `outside trees are unpacked beside the data by plain tar`() async throws {
        let directory = try TemporaryDirectory()
        let volume = try directory.directory("volume")
        let target = try directory.directory("target")
        try await shell(
            "mkdir -p mysql/.lvmbackup other/db; echo 1 > mysql/ibdata1; echo 2 > other/db/t.ibd; echo old > mysql/.lvmbackup/x; ln other/db/t.ibd lone.ibd",
            in: volume
        )
        let mount = Mount(path: volume + "/mysql", mountPoint: volume, release: Release("mount"))
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
