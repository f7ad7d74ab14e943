import Host
import Synchronization

/// Device-mapper as far as `dmsetup info`, `deps` and `resume` know it.
final class PretendMapper: Sendable {
    /// A device's name, and those that it stands on.
    typealias Device = (name: String, below: [String])

    private let devices: [Device]
    private let suspended: Mutex<Set<String>>

    init(_ devices: [Device], suspended: Set<String>) {
        self.devices = devices
        self.suspended = Mutex(suspended)
    }

    func suspend(_ name: String) { suspended.withLock { _ = $0.insert(name) } }

    func answer(_ script: CommandScript) {
        script.on("dmsetup", "info") { [self] _ in
            let names = suspended.withLock { $0 }
            return Self.lines(
                devices.map { "\($0.name) \(names.contains($0.name) ? "Suspended" : "Active") \(Self.uuid($0.name))" }
            )
        }
        script.on("dmsetup", "deps") { [self] _ in Self.lines(devices.map(Self.dependencies)) }
        script.on("dmsetup", "resume") { [self] command in
            suspended.withLock { $0.subtract(command.arguments) }
            return CommandResult()
        }
    }

    private static func uuid(_ name: String) -> String {
        name.hasSuffix("luks") ? "CRYPT-LUKS2-0f0a-\(name)" : "LVM-Q2wkXo\(name)"
    }

    /// As dmsetup 1.02.185 writes it.
    private static func dependencies(_ device: Device) -> String {
        "\(device.name): \(device.below.count) dependencies\t:" + device.below.map { " (\($0))" }.joined()
    }

    private static func lines(_ lines: [String]) -> CommandResult {
        CommandResult(standardOutput: Array(lines.map { $0 + "\n" }.joined().utf8))
    }
}
