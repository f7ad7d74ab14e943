import Foundation
import LVMBackup

/// A program that embeds the library: a backup of a directory on a logical volume, with no database server at all.
///
/// It prints what of the process the library must leave alone, before and after the run.
@main
enum PlainVolume {
    static func main() async throws {
        let arguments = CommandLine.arguments
        guard arguments.count == 3 else {
            FileHandle.standardError.write(Data("usage: lab-plain-volume DIRECTORY DESTINATION\n".utf8))
            exit(64)
        }
        let before = try ownState()
        let outcome = await backup(of: arguments[1], to: arguments[2]).run()
        if let failure = outcome.failure { print("failure: \(failure.message)") }
        print("set: \(outcome.set?.location ?? "none")")
        print("before: \(before)")
        print("after: \(try ownState())")
        exit(outcome.exitStatus)
    }

    private static func backup(of directory: String, to destination: String) -> Backup {
        var backup = Backup(configuration: Configuration(destination: destination))
        backup.replace(.connect) { _ in
            .result(Connection(server: Server(flavour: "files", version: "1", datadir: directory)))
        }
        backup.replace(.flush) { _ in .done }
        backup.replace(.lock) { _ in .result(Lock(plan: "none", reason: "nobody writes to these files")) }
        backup.replace(.recover) { _ in .result(Recovery(clean: true)) }
        return backup
    }

    /// Caught signals, umask and mount namespace of this process.
    private static func ownState() throws -> String {
        let status = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
        func field(_ name: String) -> Substring {
            status.split(separator: "\n").first { $0.hasPrefix(name) }?.split(whereSeparator: \.isWhitespace).last ?? ""
        }
        // Signals 32 and 33 are the C library's own, caught from the first thread on.
        let caught = (UInt64(field("SigCgt:"), radix: 16) ?? 0) & ~(0b11 << 31)
        let namespace = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/ns/mnt")
        return "umask \(field("Umask:")), caught \(String(caught, radix: 16)), \(namespace)"
    }
}
