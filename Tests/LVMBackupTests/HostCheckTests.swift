import Archive
import Foundation
import Host
import Lifecycle
import TestSupport
import Testing

@testable import LVMBackup

/// The checks of a host whose server and volume are fakes of a program's hooks.
@Suite struct HostCheckTests {
    private let scratch: ScratchDirectory
    private var directory: String { scratch.path }

    init() throws { scratch = try ScratchDirectory() }

    private func check(_ change: (inout RunHooks) -> Void = { _ in }) async throws -> [CheckFinding] {
        var configuration = Configuration(destination: directory)
        configuration.stateDirectory = directory + "/state"
        configuration.runDirectory = directory + "/run"
        var hooks = RunHooks()
        let server = Server(flavour: "fake", version: "1.2", datadir: "/data")
        hooks.table.replace(.connect) { _ in .result(Connection(server: server)) }
        let volume = Volume(
            group: "vg",
            name: "data",
            device: "/dev/vg/data",
            size: 4 << 30,
            free: 1 << 30,
            filesystem: "xfs"
        )
        hooks.table.replace(.locate) { _ in .result(Location(volume: volume, paths: [])) }
        // Without LVM's own provider nothing of this machine is asked.
        hooks.table.replace(.snapshot) { _ in .declined("a fake") }
        hooks.table.replace(.mount) { _ in .declined("a fake") }
        change(&hooks)
        return await HostCheck(configuration, usesHooks: false).run(hooks: hooks).findings
    }

    private func finding(_ name: String, _ findings: [CheckFinding]) -> CheckFinding? {
        findings.first { $0.name == name }
    }

    @Test(.enabled(if: geteuid() == 0, "the run lock is root's"))
    func `the steps of a dry run become findings`() async throws {
        let findings = try await check()
        #expect(finding("host", findings)?.state == .ok, "\(findings)")
        #expect(finding("server", findings)?.text == "fake 1.2, data in \"/data\"")
        #expect(finding("volume", findings)?.text == "\"vg/data\", xfs, 4.0 GiB, its group has 1.0 GiB free")
        #expect(finding("sets", findings)?.state == .warning)
        #expect(!FileManager.default.fileExists(atPath: directory + "/state/runs"))
    }

    @Test func `a step that fails is a failure with its advice, and later ones are not looked at`() async throws {
        let findings = try await check { hooks in
            hooks.table.before(.connect, name: "site") { _ in
                throw Failure(.failed, "no such socket", advice: "start the server")
            }
        }
        let server = try #require(finding("server", findings))
        #expect(server.state == .failed && server.text.contains("no such socket"))
        #expect(server.advice == "start the server")
        #expect(finding("volume", findings)?.state == .skipped)
        #expect(finding("lock", findings)?.state == .skipped)
    }

    @Test func `a hook that defers the run is a warning`() async throws {
        let findings = try await check { hooks in
            hooks.table.before(.connect, name: "site") { _ in .defer("business hours") }
        }
        let server = try #require(finding("server", findings))
        #expect(server.state == .warning && server.text.contains("business hours"), "\(server)")
        #expect(!findings.contains { $0.state == .failed }, "\(findings)")
    }

    @Test func `a missing destination is told, and what to do about it`() async throws {
        var configuration = Configuration(destination: "/nonexistent/backups")
        configuration.stateDirectory = "/nonexistent/state"
        let findings = await HostCheck(configuration, usesHooks: false).run().findings
        #expect(findings.first { $0.state == .failed }?.text.contains("/nonexistent/backups") == true || geteuid() != 0)
        #expect(finding("sets", findings)?.state == .failed)
    }

    // MARK: Sets

    private static let now = 1_800_000_000.0

    private func sets(_ manifests: [String]) async throws -> (findings: [CheckFinding], newest: NewestSet?) {
        for (index, manifest) in manifests.enumerated() {
            let set = "set\(index)"
            try scratch.directory(set)
            try scratch.write(manifest, to: set + "/manifest.json")
        }
        return await SetsCheck(directory, volume: nil, limits: AgeLimits(), host: "h", now: Self.now).run()
    }

    /// An archive elsewhere is whole without files.
    private func manifest(age: Double, host: String = "h", bytes: Int64 = 10) -> String {
        let time = ISO8601DateFormatter().string(from: Date(timeIntervalSince1970: Self.now - age)).dropLast() + ".000Z"
        return """
            {"format": "lvmbackup", "version": 1, "tool": "t", "run": "r", "host": "\(host)", "unproven": [],
            "timings": {}, "warnings": [], "started": "\(time)", "published": "\(time)",
            "archive": {"location": "elsewhere", "bytes": \(bytes), "source_bytes": 1, "members": 1,
            "compression": "none", "excludes": [], "outside": [], "parts": []}}
            """
    }

    static let ages: [(Double, CheckFinding.State)] = [
        (0, .ok), (26 * 3600, .ok), (26 * 3600 + 1, .warning), (50 * 3600 + 1, .failed), (1e8, .failed),
    ]

    @Test(arguments: ages)
    func `the age of the newest good set is judged`(age: Double, state: CheckFinding.State) async throws {
        let (findings, newest) = try await sets([manifest(age: age), manifest(age: age + 1e6)])
        #expect(finding("sets", findings)?.state == state, "\(findings)")
        #expect(newest?.age == age && newest?.name == "set0")
    }

    @Test func `sets of other hosts and of the future do not count`() async throws {
        let (findings, newest) = try await sets([manifest(age: 9, host: "other"), manifest(age: -7200)])
        #expect(newest == nil)
        #expect(finding("sets", findings)?.state == .warning)
        #expect(finding("clock", findings)?.state == .warning)
    }

    @Test func `a destination with less room than the newest set needs is a warning`() async throws {
        let (findings, _) = try await sets([manifest(age: 9, bytes: .max)])
        #expect(finding("room", findings)?.state == .warning)
    }
}
