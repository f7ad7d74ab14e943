import Foundation
import TestSupport
import Testing

@Suite struct `The units of systemd` {
    private static let analyzer = "/usr/bin/systemd-analyze"
    private static let units = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "../../packaging/systemd").standardized

    @Test(.enabled(if: FileManager.default.isExecutableFile(atPath: analyzer), "there is no systemd-analyze"))
    func `are verified by systemd without a word`() throws {
        let scratch = try ScratchDirectory()
        // systemd looks whether the program is there.
        try FileManager.default.copyItem(atPath: "/bin/true", toPath: scratch.path("lvmbackup"))
        var files: [String] = []
        for name in try FileManager.default.contentsOfDirectory(atPath: Self.units.path).sorted() {
            let text = try String(contentsOf: Self.units.appending(path: name), encoding: .utf8)
            files.append(try scratch.write(text.replacing("@SBIN@", with: scratch.path), to: name))
        }
        #expect(files.count == 3)
        let (status, output) = try run(Self.analyzer, ["verify", "--man=no"] + files)
        #expect(status == 0 && output.isEmpty, "\(output)")
    }

    @Test func `are enabled by commands of the documents`() throws {
        let docs = Self.units.appending(path: "../../docs").standardized
        let pages = try ["operation.md", "first-backup.md"].map {
            try String(contentsOf: docs.appending(path: $0), encoding: .utf8)
        }
        for name in try FileManager.default.contentsOfDirectory(atPath: Self.units.path) {
            let text = try String(contentsOf: Self.units.appending(path: name), encoding: .utf8)
            guard text.contains("[Install]") else { continue }
            let stem = name.split(separator: ".")[0]
            for page in pages {
                #expect(
                    page.split(separator: "\n").contains { $0.contains("systemctl enable") && $0.contains(stem) },
                    "\(name)"
                )
            }
        }
    }

    @Test func `close no directory that can be a destination`() throws {
        let text = try String(contentsOf: Self.units.appending(path: "lvmbackup@.service"), encoding: .utf8)
        for line in text.split(separator: "\n") {
            let key = line.prefix { $0 != "=" }
            #expect(!["ProtectHome", "ReadOnlyPaths", "InaccessiblePaths"].contains(key), "\(line)")
            #expect(key != "ProtectSystem" || line == "ProtectSystem=yes")
        }
    }

    private func run(_ program: String, _ arguments: [String]) throws -> (Int32, String) {
        let process = Process()
        process.executableURL = URL(filePath: program)
        process.arguments = arguments
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = pipe
        try process.run()
        let bytes = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return (process.terminationStatus, String(decoding: bytes, as: UTF8.self))
    }
}
