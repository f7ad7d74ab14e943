import Foundation
import TestSupport
import Testing

@testable import LVMBackup

@Suite struct `The cleanup at boot` {
    private let scratch: ScratchDirectory

    init() throws { scratch = try ScratchDirectory() }

    private func make(_ path: String) throws {
        let file = URL(filePath: scratch.path + path)
        try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try "".write(to: file, atomically: true, encoding: .utf8)
    }

    @Test func `is asked for where its unit is installed and not enabled`() throws {
        let cleanup = BootCleanup(root: scratch.path)
        #expect(cleanup.findings().isEmpty)
        try make("/usr/local/lib/systemd/system/\(BootCleanup.unit)")
        let finding = try #require(cleanup.findings().first)
        #expect(finding.state == .warning)
        #expect(finding.advice == "systemctl enable \(BootCleanup.unit)")
        try make("/etc/systemd/system/sysinit.target.wants/\(BootCleanup.unit)")
        #expect(cleanup.findings().isEmpty)
    }
}
