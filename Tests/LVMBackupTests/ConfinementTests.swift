import Foundation
import Lifecycle
import Testing

@testable import LVMBackup

/// The profile of a server as AppArmor tells it: a file of /proc, whose size is 0.
@Suite struct ConfinementTests {
    @Test(arguments: [
        ("m (enforce)", "m"), ("a b (kill)", "a b"), ("m//&n (mixed)", "m//&n"), ("m (complain)", nil),
        ("unconfined", nil),
    ])
    func `an enforced profile of the server is told`(label: String, profile: String?) throws {
        // A process's name is a text of its own choice that /proc shows.
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/perl")
        process.arguments = ["-e", "$0 = '\(label)'; print qq(.); close STDOUT; sleep 60"]
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        defer { process.terminate() }
        _ = try output.fileHandleForReading.readToEnd()
        let scratch = FileManager.default.temporaryDirectory.appending(path: "confinement-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: scratch) }  // a scratch directory
        let directory = scratch.appending(path: "7/attr")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        try FileManager.default.createSymbolicLink(
            atPath: directory.path + "/current",
            withDestinationPath: "/proc/\(process.processIdentifier)/comm"
        )
        let server = Server(
            flavour: "mariadb",
            version: "11",
            datadir: "/d",
            process: ServerProcess(pid: 7, startTime: 1, openFiles: [])
        )
        let texts = InstalledTools(server, processes: scratch.path).confinement.map(\.text)
        #expect(texts == (profile.map { ["AppArmor confines the server by the profile \"\($0)\""] } ?? []))
    }
}
