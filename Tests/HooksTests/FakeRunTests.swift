import Lifecycle
import TestSupport
import Testing

@testable import Hooks

/// The run of a test against the table of the API: it has the fields of a run, where a run has them.
@Suite struct `The run of a test` {
    /// Reads a field of run, and leaves it in the vars as JSON.
    private static func hook(_ path: String, _ verb: String) -> String {
        "backup.\(verb), function(run) run.vars.seen = json.encode { value = run.\(path) } end)"
    }

    /// A step after which each field of run is there.
    private static func stepAfter(_ field: APIField) -> StepName {
        let since = field.since ?? .preflight
        return StepName.allCases.first { $0 > since } ?? .retain
    }

    /// A value of a field's kind that is not the usual one, as Lua code.
    private static func sample(_ field: APIField) -> String? {
        switch (field.type, field.words) {
        case (_, let words?): "'\(words.last ?? "")'"
        case (.string, _) where field.form == .gtid: "'0-1-42'"
        case (.string, _): "'/other/\(field.name)'"
        case (.integer, _): "4242"
        case (.number, _): "42.5"
        case (.boolean, _): "true"
        case (.list, _) where field.record == nil: "{ 'other' }"
        default: nil
        }
    }

    private struct Row: CustomTestStringConvertible {
        var field: RunField
        var inner: APIField?

        var path: String { "\(field.rawValue)\(inner.map { ".\($0.name)" } ?? "")" }
        var since: StepName? { [field.row.since, inner?.since].compactMap(\.self).max() }
        var testDescription: String { path }

        func given(_ value: String) -> String {
            inner.map { "\(field.rawValue) = { \($0.name) = \(value) }" } ?? "\(field.rawValue) = \(value)"
        }
    }

    /// Every field of run that a test sets, and every one of the tables in them.
    private static let rows: [Row] = RunField.allCases.flatMap { field -> [Row] in
        // A backup has no task of a restore, and its kind follows from the call.
        guard ![.vars, .fs, .error, .kind, .restore].contains(field) else { return [] }
        guard let record = field.row.record, field.row.type == .table else { return [Row(field: field)] }
        // Of these a restore or a verification knows.
        let others = field == .set ? ["host", "created"] : []
        return record.fields.filter { !others.contains($0.name) }.map { Row(field: field, inner: $0) }
    }

    /// Of the others the point of the run decides.
    private static let settable = rows.filter { sample($0.inner ?? $0.field.row) != nil && $0.path != "step" }

    @Test func `the tables of these tests have most fields`() {
        #expect(Self.settable.count >= 60)
        #expect(Self.settable.filter { $0.since != nil }.count >= 40)
        #expect(Self.rows.filter { $0.inner?.isRequired == true }.count >= 25)
    }

    @Test(arguments: settable)
    private func `each field of the reference can be set, and is what the hook reads`(row: Row) async throws {
        let field = row.inner ?? row.field.row
        let value = try #require(Self.sample(field))
        let isOver = row.field == .mount || row.field == .snapshot
        let step = isOver ? StepName.archive : StepName.allCases.first { $0 > row.since ?? .preflight } ?? .retain
        let hook = Self.hook(row.path, "before('\(step.rawValue)'")
        // A set that is published is where its directory is.
        let directory = row.path == "set.directory" && row.since == .publish
        try #require(!directory)
        let body = """
            fake.run { \(row.given(value)) }
            fake.call('before.\(step.rawValue)')
            expect.equal(json.decode(fake.vars.seen).value, \(value))
            """
        try await KitStage().expectPass(body, of: hook)
    }

    @Test(arguments: settable.filter { $0.since != nil })
    private func `no field is there before a run has it, even if the test sets it`(row: Row) async throws {
        let since = try #require(row.since)
        let value = try #require(Self.sample(row.inner ?? row.field.row))
        let hook = Self.hook(row.path, "before('\(since.rawValue)'")
        let body = """
            fake.run { \(row.given(value)) }
            local is_there = pcall(fake.call, 'before.\(since.rawValue)')
            expect.equal(is_there and json.decode(fake.vars.seen).value or nil, nil)
            """
        try await KitStage().expectPass(body, of: hook)
    }

    @Test(arguments: rows.filter { $0.inner?.isRequired == true })
    private func `what is always there has a value where the test says nothing`(row: Row) async throws {
        let isOver = row.field == .mount || row.field == .snapshot
        let step = isOver ? StepName.archive : StepName.allCases.first { $0 > row.since ?? .preflight } ?? .retain
        let hook = Self.hook(row.path, "before('\(step.rawValue)'")
        let body = "fake.call('before.\(step.rawValue)') assert(json.decode(fake.vars.seen).value ~= nil)"
        try await KitStage().expectPass(body, of: hook)
    }

    @Test(arguments: ["mount.path", "snapshot.name"])
    func `what was released is gone`(path: String) async throws {
        let hook = Self.hook(path, "before('publish'")
        let body = "fake.run { mount = { path = '/m' } } expect.raises('is gone', fake.call, 'before.publish')"
        try await KitStage().expectPass(body, of: hook)
    }

    @Test(arguments: [
        ("server = { is_replica = 'yes' }", "run.server.is_replica has to be a boolean, not \"yes\""),
        ("server = { files = { { path = '/x' } } }", "run.server.files[1] lacks role"),
        ("server = { files = { { pth = '/x' } } }", "run.server.files[1] has no field \"pth\", did you mean \"path\"?"),
        ("server = { process = { pid = 1 } }", "run.server.process lacks start_time"),
        ("volume = { size = '1G' }", "run.volume.size has to be a whole number, not \"1G\""),
        ("config = { exclude = { 5 } }", "run.config.exclude[1] has to be a string, not 5"),
        ("config = { exlude = {} }", "run.config has no field \"exlude\", did you mean \"exclude\"?"),
        ("step = 'lcok'", "run.step is never \"lcok\""),
        (
            "set = { directory = '/b' }, archive = { location = '/c/x' }",
            "run.archive.location is not below run.set.directory"
        ),
    ])
    func `a value that a run never has is refused, by the name of its field`(
        fields: String,
        message: String
    ) async throws {
        let hook = "backup.before('publish', function() end)"
        let failure = try await KitStage().failure("fake.run { \(fields) } fake.call('before.publish')", of: hook)
        #expect(failure?.message.hasPrefix(message) == true, "\(failure?.message ?? "passed")")
    }

    @Test func `an event that may happen anywhere finds what the test says that is known`() async throws {
        let hook = """
            backup.on('finished', function(run) run.vars.bytes = run.archive and run.archive.bytes or 'none' end)
            """
        let event = "fake.event('finished', { outcome = { ending = 'failed', failure = { step = 'lock' } } })"
        let nothing = "\(event) expect.equal(fake.vars.bytes, 'none')"
        try await KitStage().expectPass(nothing, of: hook)
        let known = "fake.run { archive = { bytes = 7 } } \(event) expect.equal(fake.vars.bytes, 7)"
        try await KitStage().expectPass(known, of: hook)
    }
}
