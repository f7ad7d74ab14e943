import FoundationEssentials
import Lifecycle
import Testing

@testable import MySQL

struct DataFileRoleTests {
    @Test(
        arguments: [
            (.ariaLog, "ariaLog", "Aria log", true), (.binlog, "binlog", "binary log", false),
            (.datadir, "datadir", "data directory", true), (.doublewrite, "doublewrite", "doublewrite buffer", false),
            (.keyring, "keyring", "keys", false), (.link, "link", "symbolic link", false),
            (.redoLog, "redoLog", "redo log", true), (.relayLog, "relayLog", "relay log", false),
            (.systemTables, "systemTables", "system tables", true),
            (.systemTablespace, "systemTablespace", "system tablespace", true),
            (.tablespace, "tablespace", "tablespace or table", false),
            (.temporary, "temporary", "temporary data", false), (.undoLog, "undoLog", "undo log", true),
        ] as [(DataFile.Role, String, String, Bool)]
    )
    func `a role has one name in manifests, and a word of the manuals`(
        role: DataFile.Role,
        name: String,
        word: String,
        isEssential: Bool
    ) throws {
        let written = try JSONEncoder().encode([role])
        #expect(String(decoding: written, as: UTF8.self) == "[\"\(name)\"]")
        #expect(try JSONDecoder().decode([DataFile.Role].self, from: written) == [role])
        #expect(role.word == word)
        #expect(role.isEssential == isEssential)
    }

    @Test func `a role of another database is read, and the server needs its files`() throws {
        let role = try JSONDecoder().decode([DataFile.Role].self, from: Data(#"["walLog"]"#.utf8))[0]
        #expect(role.rawValue == "walLog")
        #expect(role.isEssential)
        #expect(role != .tablespace)
    }
}
