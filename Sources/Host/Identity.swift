#if canImport(Glibc)
    import Glibc
#endif

/// The identity of this process, distinct from every other process on this and other machines.
package struct Identity: Codable, Equatable, Sendable {
    /// The host's name.
    package var host: String
    /// Sixteen hexadecimal digits derived from /etc/machine-id, which itself is to be kept confidential; "unknown"
    /// where the machine has none.
    package var machine: String
    /// /proc/sys/kernel/random/boot_id.
    package var boot: String
    /// The inode of the pid namespace in which `pid` means this process.
    package var pidNamespace: UInt64
    package var pid: Int32
    /// Field 22 of `/proc/PID/stat`.
    package var startTime: UInt64

    package static let unknownMachine = "unknown"

    package init(
        host: String,
        machine: String,
        boot: String,
        pidNamespace: UInt64,
        pid: Int32,
        startTime: UInt64
    ) {
        self.host = host
        self.machine = machine
        self.boot = boot
        self.pidNamespace = pidNamespace
        self.pid = pid
        self.startTime = startTime
    }

    /// This process.
    ///
    /// - Throws: ``HostError``.
    package static func current() throws -> Identity {
        let table = ProcessTable()
        guard let namespace = table.namespace("pid", of: getpid()), let start = try table.startTime(of: getpid()) else {
            throw HostError.last("readlink", "/proc/self/ns/pid")
        }
        return Identity(
            host: hostName(),
            machine: machine(),
            boot: try readText("/proc/sys/kernel/random/boot_id"),
            pidNamespace: namespace,
            pid: getpid(),
            startTime: start
        )
    }

    /// Whether the process is provably gone, as seen from `here`: another boot of the same machine, or a pid of the
    /// same namespace that is free or another process's.
    ///
    /// Without a machine id the boot's tells that it is this machine, and only as long as that lasts.
    package func isProvablyDead(seenFrom here: Identity, table: ProcessTable = ProcessTable()) throws -> Bool {
        guard machine == here.machine else { return false }
        if boot != here.boot { return machine != Self.unknownMachine }
        guard pidNamespace == here.pidNamespace else { return false }
        return try !table.isAlive(pid: pid, startTime: startTime)
    }

    private static func machine() -> String { machineID() ?? unknownMachine }

    /// Sixteen hexadecimal digits that stand for this machine; nil where it has no id.
    package static func machineID() -> String? {
        // Images for containers come without one.
        guard let text = try? readText("/etc/machine-id") else { return nil }
        return machineID(derivedFrom: text)
    }

    /// The first boot of an image finds "uninitialized", or nothing, in place of an id.
    static func machineID(derivedFrom text: String) -> String? {
        guard text.utf8.count == 32, text.allSatisfy({ $0.isASCII && $0.isHexDigit }),
            text.contains(where: { $0 != "0" })
        else { return nil }
        return shortened("lvmbackup " + text)
    }

    /// The name of this machine, as it calls itself.
    package static func hostName() -> String {
        var buffer = [CChar](repeating: 0, count: 256)
        gethostname(&buffer, buffer.count - 1)
        return String(decoding: buffer.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }
}

/// FNV-1a, 64 bits, in sixteen hexadecimal digits.
func shortened(_ text: String) -> String {
    let hash = text.utf8.reduce(0xcbf2_9ce4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
    let digits = String(hash, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
}
