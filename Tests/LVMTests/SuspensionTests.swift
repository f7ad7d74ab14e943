import Host
import Synchronization
import Testing

@testable import LVM

/// Finding what an LVM command left suspended, however deep below the volumes it is.
struct SuspensionTests {
    private let script = CommandScript()

    /// As device-mapper has them: a thin volume in a cached pool, a mirrored one with a snapshot, and what is not ours.
    private static let devices: [PretendMapper.Device] = [
        ("vg--0-t", ["vg--0-pool-tpool"]),
        ("vg--0-pool", ["vg--0-pool-tpool"]),
        ("vg--0-pool-tpool", ["vg--0-pool_tdata", "vg--0-pool_tmeta"]),
        ("vg--0-pool_tdata", ["vg--0-pool_tdata_corig", "vg--0-c_cpool_cdata"]),
        ("vg--0-pool_tdata_corig", ["luks"]),
        ("vg--0-c_cpool_cdata", ["luks"]),
        ("vg--0-pool_tmeta", ["luks"]),
        ("vg--0-r", ["vg--0-r-real"]),
        ("vg--0-r-real", ["vg--0-r_rimage_0", "vg--0-r_rmeta_0"]),
        ("vg--0-r_rimage_0", ["luks"]),
        ("vg--0-r_rmeta_0", ["luks"]),
        ("vg--0-s", ["vg--0-s-cow", "vg--0-r-real"]),
        ("vg--0-s-cow", ["luks"]),
        ("vg--0-other", ["vg--0-luks"]),
        ("vg--0-luks", ["sdb"]),
        ("vg-r", ["luks"]),
        ("luks", ["sda"]),
    ]

    private func resume(
        _ volumes: [String],
        suspended: Set<String>,
        of devices: [PretendMapper.Device] = Self.devices
    ) async throws -> [String] {
        PretendMapper(devices, suspended: suspended).answer(script)
        return try await resume(volumes)
    }

    private func resume(_ volumes: [String]) async throws -> [String] {
        let suspension = Suspension(tools: LVMTools(script.commands), table: ProcessTable())
        return try await suspension.resume(EndangeredVolumes(group: "vg-0", volumes: volumes))
    }

    @Test(arguments: ["vg--0-pool_tdata_corig", "vg--0-c_cpool_cdata", "vg--0-pool_tmeta", "vg--0-pool-tpool"])
    func `the devices below a thin volume are found`(device: String) async throws {
        #expect(try await resume(["t"], suspended: [device]) == [device])
        #expect(script.asked.map(\.arguments).filter { $0.first == "resume" } == [["resume", device]])
    }

    @Test func `lower devices are resumed first`() async throws {
        let ours: Set = ["vg--0-r", "vg--0-r-real", "vg--0-r_rimage_0", "vg--0-r_rmeta_0", "vg--0-s", "vg--0-s-cow"]
        let order = try await resume(["s", "r"], suspended: ours)
        #expect(Set(order) == ours)
        for (name, below) in Self.devices where ours.contains(name) {
            for lower in below where ours.contains(lower) {
                #expect(try #require(order.firstIndex(of: lower)) < #require(order.firstIndex(of: name)))
            }
        }
        // As LVM does: writes to the origin have to reach the snapshot.
        #expect(order.suffix(2) == ["vg--0-s", "vg--0-r"])
    }

    @Test func `a device of lvcreate's below no other yet is found, and resumed before the volume`() async throws {
        let devices: [PretendMapper.Device] = [
            ("vg--0-r", ["sda"]), ("vg--0-r-real", ["vg--0-r_rimage_0"]), ("vg--0-r_rimage_0", ["sda"]),
            ("vg--0-s-cow", []),
        ]
        let order = try await resume(["s", "r"], suspended: Set(devices.map(\.name)), of: devices)
        #expect(order == ["vg--0-s-cow", "vg--0-r_rimage_0", "vg--0-r-real", "vg--0-r"])
    }

    @Test func `a device of no group, of another group, or of another volume is left alone`() async throws {
        #expect(try await resume(["r"], suspended: ["luks", "vg-r", "vg--0-other", "vg--0-t"]) == [])
    }

    @Test func `a device that is not LVM's is left alone, under any name`() async throws {
        #expect(try await resume(["other"], suspended: ["vg--0-luks"]) == [])
    }

    @Test func `other snapshots of the origin are resumed with it, and before it`() async throws {
        let order = try await resume(["new", "r"], suspended: ["vg--0-r", "vg--0-r-real", "vg--0-s", "vg--0-s-cow"])
        #expect(order == ["vg--0-r-real", "vg--0-s-cow", "vg--0-s", "vg--0-r"])
    }

    @Test func `dependencies are not read where no device of the group is suspended`() async throws {
        #expect(try await resume(["r"], suspended: ["luks", "vg-r"]) == [])
        #expect(script.asked.map(\.arguments.first) == ["info"])
    }

    @Test func `a device that goes away while dmsetup looks is no error`() async throws {
        PretendMapper(Self.devices, suspended: ["vg--0-r"]).answer(script)
        let isFirst = Mutex(true)
        script.on("dmsetup", "deps") { _ in
            defer { isFirst.withLock { $0 = false } }
            return isFirst.withLock { $0 }
                ? CommandResult(status: .exited(1))
                : CommandResult(standardOutput: Array("vg--0-r: 1 dependencies\t: (sda)\n".utf8))
        }
        #expect(try await resume(["r"]) == ["vg--0-r"])
    }

    @Test func `a device with a known name is resumed also without dmsetup's dependencies`() async throws {
        PretendMapper(Self.devices, suspended: ["vg--0-r", "vg--0-r-real"]).answer(script)
        script.on("dmsetup", "deps") { _ in CommandResult(status: .exited(1)) }
        #expect(try await resume(["r"]) == ["vg--0-r-real", "vg--0-r"])
    }

    @Test func `dmsetup's output before its failure is used`() async throws {
        PretendMapper(Self.devices, suspended: ["vg--0-r_rimage_0"]).answer(script)
        let listing = "vg--0-r: 1 dependencies\t: (vg--0-r-real)\nvg--0-r-real: 1 dependencies\t: (vg--0-r_rimage_0)\n"
        script.on("dmsetup", "deps") { _ in
            CommandResult(status: .exited(1), standardOutput: Array(listing.utf8))
        }
        #expect(try await resume(["r"]) == ["vg--0-r_rimage_0"])
    }
}
