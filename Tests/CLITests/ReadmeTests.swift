import Foundation
import LVMBackup
import Testing

@Suite struct `The README` {
    @Test(arguments: Setting.allCases.filter { $0 != .backupDirectory })
    func `names every option`(setting: Setting) throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let text = try String(contentsOf: root.appending(path: "README.md"), encoding: .utf8)
        #expect(text.contains("`--\(setting.rawValue)") || text.contains(", `--\(setting.rawValue)"))
    }
}
