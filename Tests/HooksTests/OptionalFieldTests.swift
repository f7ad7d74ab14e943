import Lifecycle
import Testing

@testable import Hooks

/// Every field that not every run has, under every operator that takes no nil.
@Suite struct `Fields that may be nil` {
    private func mistakes(_ text: String) -> [String] {
        // Of a run that does not write to a directory.
        var settings = ScanSettings(rules: .none)
        settings.hasDirectory = false
        let file = HookFile(fileName: "10-a.lua", name: "a", path: "10-a.lua", text: text)
        return file.mistakes(under: settings).map(\.message)
    }

    /// A field that may be nil, and the hook that reads it.
    struct Place: Sendable, CustomTestStringConvertible {
        var path: String
        var verb: Verb
        var target: String
        var field: APIField

        var testDescription: String { "\(path) in \(verb.rawValue)(\"\(target)\")" }

        func hook(_ code: String) -> String {
            "backup.\(verb.rawValue)('\(target)', function(run, event) \(code) end)"
        }

        /// Code that raises an error for nil.
        var uses: [String] {
            switch field.type {
            case .string:
                [
                    "log.info('x' .. \(path))", "log.info(\(path) .. 'x')", "run:exec { 'p', \(path) }",
                    "run.vars.x = #\(path)", "run.vars.x = \(path):upper()", "run.vars.x = \(path) < 'b'",
                ]
            case .integer, .number:
                [
                    "log.info('x' .. \(path))", "run:exec { 'p', \(path) }", "run.vars.x = \(path) > 1",
                    "if \(path) >= 1 then return end", "run.vars.x = 1 <= \(path)", "run.vars.x = \(path) + 1",
                    "run.vars.x = 1 / \(path)", "run.vars.x = -\(path)", "for i = 1, \(path) do log.info('x') end",
                ]
            case .list:
                [
                    "run.vars.x = #\(path)", "for _, x in ipairs(\(path)) do log.info('x') end",
                    "for _, x in pairs(\(path)) do log.info('x') end", "run.vars.x = \(path)[1]",
                ]
            case .table: ["for key in pairs(\(path)) do log.info(key) end"]
            default: []
            }
        }
    }

    static let places = ofRun + ofEvents

    private static let ofRun: [Place] = API.runFields.flatMap { field -> [Place] in
        let isLate = field.since.map { [StepName.verify, .publish].contains($0) } ?? false
        return rows(in: field, "run.\(field.name)").map { path, row in
            Place(path: path, verb: .after, target: isLate ? "retain" : "archive", field: row)
        }
    }

    private static let ofEvents: [Place] = Fact.Kind.allCases.flatMap { kind -> [Place] in
        API.fields(of: kind).flatMap { field -> [Place] in
            let path = "event.\(field.name)"
            let own = field.isRequired ? [] : [(path, field)]
            return (own + rows(in: field, path)).map { path, row in
                Place(path: path, verb: .on, target: kind.rawValue, field: row)
            }
        }
    }

    /// The rows of a table that may be nil, those of the tables in it, too, where these are there.
    private static func rows(in field: APIField, _ path: String) -> [(String, APIField)] {
        guard field.type == .table, let record = field.record, record != .timings else { return [] }
        return record.fields.flatMap { row -> [(String, APIField)] in
            let inner = "\(path).\(row.name)"
            if row.isRequired { return rows(in: row, inner) }
            return row.since == nil ? [(inner, row)] : []
        }
    }

    @Test func `there are many of them`() {
        #expect(Self.places.count > 60)
        for name in [
            "run.config.user", "run.server.uuid", "event.outcome.lock_held_seconds", "event.progress.fraction",
        ] {
            #expect(Self.places.contains { $0.path == name }, "\(name)")
        }
    }

    @Test(arguments: places)
    func `a field that is not tested is told, and a tested one is not`(place: Place) {
        for use in place.uses {
            let found = mistakes(place.hook(use))
            #expect(found.contains { $0.contains("\(place.path) may be nil here") }, "\(use): \(found)")
            #expect(mistakes(place.hook("if \(place.path) then \(use) end")) == [], "\(use)")
            #expect(mistakes(place.hook("if not \(place.path) then return end \(use)")) == [], "\(use)")
            let local = use.replacing(place.path, with: "value")
            #expect(mistakes(place.hook("local value = \(place.path) if value then \(local) end")) == [], "\(local)")
            let alias = "local value = \(place.path) if \(place.path) then \(local) end"
            #expect(mistakes(place.hook(alias)) == [], "\(alias)")
        }
    }

    @Test(arguments: [
        ("before('mount'", "run.vars.x = run.timings.archive > 1", "run.timings.archive may be nil here"),
        ("on('finished'", "run.vars.x = event.outcome.timings.lock > 1", "event.outcome.timings.lock may be nil here"),
        ("after('publish'", "run:exec { 'p', event.directory }", "the result.directory may be nil here"),
        ("on('finished'", "run.vars.x = event.outcome.set.directory .. 'x'", "event.outcome.set may be nil here"),
    ])
    func `the place decides`(verb: String, code: String, message: String) {
        let found = mistakes("backup.\(verb), function(run, event) \(code) end)")
        #expect(found.contains { $0.contains(message) }, "\(found)")
    }

    @Test(arguments: [
        "backup.before('publish', function(run) run.vars.x = run.timings.lock > 1 end)",
        "backup.on('succeeded', function(run) run.vars.x = run.timings.archive > 1 end)",
        "backup.before('flush', function(run) for _, w in ipairs(run.warnings) do log.info(run.id .. w) end end)",
        "backup.on('finished', function(run, event) local n = event.outcome.lock_held_seconds or 0 run.vars.x = n > 1 end)",
        "backup.on('finished', function(run, event) run.vars.x = (event.outcome.lock_held_seconds or 0) > 1 end)",
        "backup.filter('archive.exclude', function(run, list) list[#list + 1] = '*.log' return list end)",
        "backup.before('flush', function(run) local ok = pcall(function() return run.config.port + 1 end) return ok and nil end)",
        "backup.before('flush', function(run) local l = run.server.keys or {} log.info(#l .. (l[1] or '')) end)",
    ])
    func `a value that is there is not told`(text: String) {
        #expect(mistakes(text) == [])
    }
}
