import Archive
import FoundationEssentials
import Host
import Lifecycle
import MySQL
import Storage
import TestSupport
import Testing

@testable import LVMBackup

#if canImport(Glibc)
    import Glibc
#endif

/// Sets on which a private server runs, as root with an installed server; the steps that need LVM are replaced.
@Suite(.enabled(if: FreshSet.isPossible, "needs root and an installed server"), .serialized)
struct SetOpeningTests {
    @Test func `an open set answers, and nothing is left of it`() async throws {
        let set = try await FreshSet()
        let before = try set.names
        let opening = SetOpening(set.place, configuration: set.configuration, guardian: nil)
        let ending = await opening.run { opened in
            let session = try await opened.server.openSession()
            defer { session.cut() }
            return try await session.query("SELECT `what` FROM `shop`.`orders` ORDER BY `id`").values.map { $0[0] }
        }
        #expect(ending.leaked == [])
        #expect(try ending.result.get() == ["tea", "salt"])
        #expect(try set.names == before)
        #expect(try RunRecord.all(in: set.configuration.recordDirectory) == [])
    }

    @Test func `a failure of the work reaches the caller, and nothing is left`() async throws {
        let set = try await FreshSet()
        let before = try set.names
        let opening = SetOpening(set.place, configuration: set.configuration, guardian: nil)
        let ending = await opening.run { _ -> Int in throw SettingsError("no") }
        #expect(throws: SettingsError("no")) { try ending.result.get() }
        #expect(ending.leaked == [])
        #expect(try set.names == before)
    }

    @Test func `a set is not removed while it is open`() async throws {
        let set = try await FreshSet()
        let opening = SetOpening(set.place, configuration: set.configuration, guardian: nil)
        let ending = await opening.run { [path = set.place.path] _ in
            let directory = open(path, O_RDONLY | O_DIRECTORY)
            defer { close(directory) }
            return flock(directory, LOCK_EX | LOCK_NB)
        }
        #expect(try ending.result.get() == -1)
    }

    @Test func `scratch space that another user could exchange is refused`() async throws {
        let set = try await FreshSet()
        var opening = SetOpening(set.place, configuration: set.configuration, guardian: nil)
        opening.scratch = set.data
        let ending = await opening.run { _ in 0 }
        #expect(throws: SettingsError.self) { try ending.result.get() }
        #expect(ending.leaked == [])
    }

    @Test func `a process that ended left what the next cleanup removes`() async throws {
        let set = try await FreshSet()
        let scratch = try ScratchSpace(for: "gone", in: set.destination)
        let record = try RunRecord(
            run: "gone",
            identity: Identity(host: "h", machine: "m", boot: "b", pidNamespace: 1, pid: 1, startTime: 1),
            directory: set.configuration.recordDirectory
        )
        try record.intend(RecordedUndo(scratch.undo, for: .scratchDirectory))
        try scratch.make()
        let found = try #require(try RunRecord.all(in: set.configuration.recordDirectory).first)
        let undo = UndoRunner(commands: .system, database: Technologies(set.configuration).database)
        for entry in found.entries { try await undo.run(entry.undo) }
        #expect(try set.names == [set.place.name])
    }
}

@Suite struct DumpSelectionTests {
    @Test(
        arguments: [
            ([], [], nil, []), (["shop", "other"], ["shop", "other"], nil, []),
            (["shop.orders", "shop.notes"], [], "shop", ["orders", "notes"]), (["shop.a.b"], [], "shop", ["a.b"]),
        ] as [([String], [String], String?, [String])]
    )
    func `names stand for databases, or for tables of one`(
        names: [String],
        databases: [String],
        database: String?,
        tables: [String]
    ) throws {
        let selection = try DumpSelection(names)
        #expect(selection.databases == databases)
        #expect(selection.database == database)
        #expect(selection.tables == tables)
    }

    @Test(arguments: [["shop.orders", "other.things"], ["shop", "shop.orders"], [""], ["shop."], [".orders"]])
    func `a mixture is refused`(names: [String]) {
        #expect(throws: SettingsError.self) { try DumpSelection(names) }
    }
}
