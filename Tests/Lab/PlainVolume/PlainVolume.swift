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

    /// Caught and blocked signals, umask and mount namespace of this process.
    private static func ownState() throws -> String {
        let status = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
        let lines = status.split(separator: "\n").filter { $0.hasPrefix("Umask") || $0.hasPrefix("SigCgt") }
        let namespace = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/ns/mnt")
        return (lines.map { $0.split(whereSeparator: \.isWhitespace).joined(separator: " ") } + [namespace])
            .joined(separator: ", ")
    }
}
