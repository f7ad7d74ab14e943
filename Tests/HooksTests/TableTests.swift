import Lifecycle
import TestSupport
import Testing

@testable import Hooks

/// The table of the API against the values that a run makes.
@Suite struct `The table of the API` {
    /// Fails where a value has a field that the table lacks, or lacks a field that is always there.
    private func compare(_ value: LuaValue, _ fields: [APIField], _ place: String) {
        let known = Set(fields.map(\.name))
        for name in (value.fields ?? [:]).keys where !known.contains(name) {
            Issue.record("the table lacks \(place).\(name)")
        }
        for field in fields {
            let item = value[field.name]
            if field.isRequired { #expect(!item.isNone, "\(place).\(field.name) is not always there") }
            guard let record = field.record else { continue }
            for one in field.type == .list ? item.list ?? [] : [item] where !one.isNone {
                compare(one, record.fields, "\(place).\(field.name)")
            }
        }
    }

    @Test(arguments: Fact.Kind.allCases)
    func `each event has the fields that are listed`(kind: Fact.Kind) throws {
        for ending in ["succeeded", "failed"] {
            let fact = try Fact(
                kind,
                with: .table(["outcome": .table(["ending": .text(ending)])].filter { _ in kind == .finished })
            )
            let event = Event(run: "r", sequence: 1, time: 1, monotonic: 1, fact: fact)
            compare(try LuaValue(encoding: event), API.eventFields + API.fields(of: kind), kind.rawValue)
        }
    }

    @Test func `each field of run has the fields that are listed`() async throws {
        let server = Server(
            flavour: "mysql",
            version: "8",
            uuid: "u",
            datadir: "/d",
            files: [DataFile(role: .datadir, path: "/d", names: ["x"], link: "/l")],
            engines: [EngineUse(engine: "InnoDB", userTables: 1, systemTables: 1, isTransactional: true)],
            process: ServerProcess(pid: 1, startTime: 1, openFiles: []),
            keys: ["k"],
            settings: ["s": "1"],
            plugins: ["p"]
        )
        compare(try LuaValue(encoding: server), APIRecord.server.fields, "server")
        let place = Coordinates.Position(file: "b", position: 4)
        let coordinates = Coordinates(
            binlog: place,
            gtid: "g",
            replicaGTID: "r",
            channels: [.init(name: "", sourceHost: "h", sourcePort: 1, executed: place, inexactBecause: "x")],
            inexactBecause: "x",
            statement: "s"
        )
        compare(try LuaValue(encoding: coordinates), APIRecord.coordinates.fields, "coordinates")
        let volume = Volume(group: "g", name: "n", device: "d", size: 1, free: 1, pool: "p", filesystem: "xfs")
        compare(try LuaValue(encoding: volume), APIRecord.volume.fields, "volume")
        let path = DataPath(role: .datadir, path: "/d", realPath: "/e", pathOnVolume: "", names: ["x"])
        compare(try LuaValue(encoding: path), APIRecord.path.fields, "path")
        let decision = RetentionPlan.Decision(set: "s", created: 1, keep: true, reason: "r", state: .good)
        compare(try LuaValue(encoding: decision), APIRecord.decision.fields, "decision")
        var request = RestoreRequest(target: "/d")
        (request.until, request.binlogs, request.members, request.bytes) = ("@1", "/l", 1, 2)
        compare(try LuaValue(encoding: request), APIRecord.restore.fields, "restore")
        var restoration = Restoration(target: "/d", files: 1, bytes: 2)
        (restoration.transactions, restoration.position, restoration.gtid) = (1, "b:4", "g")
        compare(try LuaValue(encoding: restoration), APIRecord.restoration.fields, "restoration")
        var verification = Verification(level: "start")
        (verification.files, verification.bytes, verification.tableFiles) = (1, 2, 3)
        (verification.tables, verification.leftOut) = (4, ["x"])
        compare(try LuaValue(encoding: verification), APIRecord.verification.fields, "verification")
    }

    /// Reads every field of every record through a hook: each is known to the run-time checks.
    @Test(arguments: RunKind.allCases)
    func `each field of run can be read in a hook after the last step`(kind: RunKind) async throws {
        let ofBackups: Set<RunField> = [.volume, .paths, .lock, .recovery, .archive]
        let body = RunField.allCases.flatMap { field -> [String] in
            let record = field.row.record.map { field.row.type == .list ? [] : $0.fields.map(\.name) } ?? []
            let gone: Set<RunField> = [.mount, .snapshot, .error]
            guard !gone.contains(field), kind == .backup || !ofBackups.contains(field),
                field != .restore || kind == .restore, field != .verification || kind != .restore
            else { return [] }
            return ["local _ = run.\(field.rawValue)"] + record.map { "local _ = run.\(field.rawValue).\($0)" }
        }
        let last = kind.steps.last?.rawValue ?? ""
        var harness = HookHarness(
            "backup.after('\(last)', { on_error = 'warn' }, function(run) do \(body.joined(separator: " end do ")) end log.info('all') end)"
        )
        harness.options.kind = kind
        let outcome = try await harness.run()
        #expect(harness.log.contains("test: all"), "\(outcome.warnings)")
    }

    /// "run.restore.until" would be a mistake of syntax.
    @Test func `no field has a name that is a word of Lua`() {
        let words: Set<String> = [
            "and", "break", "do", "else", "elseif", "end", "false", "for", "function", "goto", "if", "in", "local",
            "nil",
            "not", "or", "repeat", "return", "then", "true", "until", "while",
        ]
        let fields =
            API.runFields + API.eventFields + APIRecord.allCases.flatMap(\.fields)
            + Fact.Kind.allCases.flatMap(API.fields) + StepName.allCases.flatMap(API.result)
        #expect(fields.map(\.name).filter(words.contains) == [])
    }

    @Test func `a feature is there by its name`() {
        for name in ["run:pipe", "json.array", "before", "finished", "archive.exclude", "run.fs.stat", "set"] {
            #expect(API.has(name), "\(name)")
        }
        #expect(!API.has("run:fly"))
    }

    @Test func `the annotations name every record, event and library function`() {
        let text = Stub.annotations
        for record in APIRecord.allCases { #expect(text.contains("---@class lvmbackup.\(record.rawValue)\n")) }
        for kind in Fact.Kind.allCases {
            #expect(text.contains("---@class lvmbackup.Event.\(kind.rawValue) : lvmbackup.Event\n"))
        }
        for function in LibraryFunction.allCases { #expect(text.contains("function \(function.rawValue)(")) }
        #expect(text.contains("fun(run: lvmbackup.Run, event: lvmbackup.Event.finished)"))
    }
}
