import Foundation
import Testing

/// The lab that these tests run in: the guest, or a machine prepared by `Tests/Lab/on-host`.
enum Lab {
    private static let environment = ProcessInfo.processInfo.environment

    /// Whether this process is inside a lab; elsewhere every scenario is skipped.
    static let isHere = environment["LVMBACKUP_LAB"] != nil
    /// Whether all scenarios were asked for, or a sample of them.
    static let isComplete = environment["LVMBACKUP_LAB_SCOPE"] == "all"
    /// Whether the rows of the fault matrix were asked for.
    static let isAboutFaults = environment["LVMBACKUP_LAB_SCOPE"] == "faults"
    /// Whether the soak was asked for.
    static let isSoak = environment["LVMBACKUP_LAB_SCOPE"] == "soak"
    /// Whether the scenarios of other servers were asked for.
    static let isAboutServers = environment["LVMBACKUP_LAB_SCOPE"] == "servers"
    /// The name of the root that the guest runs on, as Tests/Lab/roots has it; nil for this machine's own.
    static let rootName = environment["LVMBACKUP_LAB_ROOT"]
    /// How many runs a scenario has that has to go well every time.
    static let repetitions = environment["LVMBACKUP_LAB_REPETITIONS"].flatMap { Int($0) } ?? 20
    /// How many runs a scenario has beside an attacker.
    ///
    /// 40 make 200 runs in all.
    static let attackedRuns = environment["LVMBACKUP_LAB_ATTACKED_RUNS"].flatMap { Int($0) } ?? 3
    /// How many runs the soak has.
    static let soakRuns = environment["LVMBACKUP_SOAK_RUNS"].flatMap { Int($0) } ?? 200
    /// The seed of the soak's choices.
    static let soakSeed = environment["LVMBACKUP_SOAK_SEED"].flatMap { UInt64($0) } ?? UInt64.random(in: 0..<1_000_000)
    /// "guest" or "host".
    static let kind = environment["LVMBACKUP_LAB"] ?? ""
    /// Which boot of the same disks this is.
    static let boot = Int(environment["LVMBACKUP_LAB_BOOT"] ?? "1") ?? 1
    /// The command under test.
    static let command = environment["LVMBACKUP_COMMAND"] ?? "\(root)/.build/release/lvmbackup"
    /// Where results go that outlive the guest.
    static let results = environment["LVMBACKUP_LAB_RESULTS"] ?? "\(root)/.build/lab"
    static let root = String(#filePath.components(separatedBy: "/Tests/LabTests/")[0])
    static let tools = "\(root)/Tests/Lab"

    /// This guest's share of the fault rows that are asked for.
    ///
    /// `LVMBACKUP_LAB_ROWS` is a pattern for them, and `LVMBACKUP_LAB_LANE` says which of how many equal parts are this
    /// guest's, such as "2/2". Without them, all are.
    static func chosen<Row: CustomTestStringConvertible>(of rows: [Row]) -> [Row] {
        let asked = rows.filter { row in
            environment["LVMBACKUP_LAB_ROWS"].map {
                row.testDescription.range(of: $0, options: .regularExpression) != nil
            } ?? true
        }
        let parts = (environment["LVMBACKUP_LAB_LANE"] ?? "1/1").split(separator: "/").compactMap { Int($0) }
        let (lane, lanes) = (parts[0], parts[1])
        return Array(asked[(asked.count * (lane - 1) / lanes)..<(asked.count * lane / lanes)])
    }

    /// Where backups go: the file system of the second disk.
    static let destination = "/srv/backups"

    /// This boot ends like a power cut: data that is not on the disks by then is lost.
    static func cutPower() throws { try Data().write(to: URL(fileURLWithPath: "/run/lab/power-cut")) }

    /// One of the products that the package's build put next to the tests.
    static func product(_ name: String) -> String {
        URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent().appending(path: name).path
    }
}

/// Everything here changes the one machine, so it runs one after another.
@Suite(.serialized)
struct LabTests {}

extension Trait where Self == ConditionTrait {
    /// Part of the sample that `make test` runs.
    static var sample: Self {
        .enabled(
            if: Lab.isHere && Lab.boot == 1 && Lab.rootName == nil && !Lab.isAboutFaults && !Lab.isSoak
                && !Lab.isAboutServers,
            "needs the lab: make test"
        )
    }
    /// Run by `make test-servers` on these products; by default on each root.
    static func servers(_ products: ServerProduct..., where condition: Bool = true) -> Self {
        let isOfProduct = products.isEmpty || products.contains(ServerProduct.here)
        return .enabled(
            if: Lab.isHere && Lab.boot == 1 && Lab.isAboutServers && isOfProduct && condition,
            "needs the lab of another root: make test-servers"
        )
    }
    /// Run by `make test` on the root of MySQL, and by `make test-servers` on each root.
    static var serverSample: Self {
        .enabled(
            if: Lab.isHere && Lab.boot == 1 && Lab.rootName != nil,
            "needs the lab of another root: make test"
        )
    }
    /// Run by `make test-all` only.
    static var complete: Self {
        .enabled(if: Lab.isHere && Lab.boot == 1 && Lab.isComplete, "needs the lab: make test-all")
    }
    /// Run by `make test-faults` only.
    static var faults: Self {
        .enabled(if: Lab.isHere && Lab.boot == 1 && Lab.isAboutFaults, "needs the lab: make test-faults")
    }
    /// Run by `make test-soak` only.
    static var soak: Self {
        .enabled(if: Lab.isHere && Lab.boot == 1 && Lab.isSoak, "needs the lab: make test-soak")
    }
    /// Run by `make test-faults`, at each of these boots of the same disks.
    static func faultBoots(_ boots: ClosedRange<Int>) -> Self {
        .enabled(if: Lab.isHere && Lab.isAboutFaults && boots.contains(Lab.boot), "needs the lab: make test-faults")
    }
    /// Run by `make test-all`, at this boot of the same disks.
    static func atBoot(_ boot: Int) -> Self {
        .enabled(if: Lab.isHere && Lab.isComplete && Lab.boot == boot, "needs boot \(boot) of the lab: make test-all")
    }
}
