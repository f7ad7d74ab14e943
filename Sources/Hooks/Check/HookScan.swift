import Lifecycle

/// Reads a hook file as it stands, follows `run`, events and results through it, and notes mistakes.
///
/// It ignores code that it does not understand: each note is an error that the run-time checks would raise as well.
final class HookScan {
    let file: String
    let settings: ScanSettings
    private(set) var found: [HookMistake] = []
    /// Code that a run takes, and that is likely to be meant otherwise.
    private(set) var doubts: [HookMistake] = []
    /// Functions that are being read, or have been, with the place for which.
    private var seen: Set<String> = []
    private var depth = 0
    /// The values that the function at hand, and those around it, test.
    var tested: Set<String> = []
    /// The names that the file sets again after their declaration.
    private(set) var assigned: Set<String> = []
    /// The statements that the hook at hand sends by `run:admin`, with their lines.
    var administered: [(statement: String, line: Int)] = []
    /// The hook whose own function is being read; nil in other functions.
    private(set) var returning: ScanPlace?
    private var isInsideHook = false
    /// The names of outer variables that hold the run of the hook at hand.
    private var kept: [(name: String, scope: ScanScope)] = []
    /// The variables with verdicts of the hook at hand.
    var verdicts = HeldVerdicts()
    /// The secrets that the file names.
    private(set) var secrets: [(name: String, line: Int)] = []
    /// The tables of the file's own level whose members are known.
    private(set) var tables = LocalTables([])
    /// The names of the file's own level.
    private(set) var fileScope: ScanScope?
    /// The libraries that the file requires, as far as they were read.
    var libraries: [String: ScannedLibrary] = [:]
    /// The library whose function is being read for a call of this file, with the call's line.
    var abroad: (library: ScannedLibrary, line: Int)?
    /// How often the code at hand runs in loops whose bounds are written out.
    var repetitions = 1.0
    /// Whether the file calls a verb.
    var isBinding = false
    /// The hooks that the file binds, with the text of each.
    var bound: [(verb: Verb, target: String, function: LuaFunction)] = []

    init(file: String, _ settings: ScanSettings = .usual) { (self.file, self.settings) = (file, settings) }

    func note(_ message: String, _ line: Int) {
        var mistake = HookMistake(file: file, line: line, message: message)
        if let abroad {
            let own = HookMistake(file: abroad.library.file, line: line, message: message)
            guard !abroad.library.found.contains(own) else { return }
            (mistake.line, mistake.message) = (abroad.line, "\(own.file):\(line): \(message)")
        }
        if !found.contains(mistake) { found.append(mistake) }
    }

    func doubt(_ message: String, _ line: Int) {
        // The library's own check tells it.
        guard abroad == nil else { return }
        let doubt = HookMistake(file: file, line: line, message: message)
        if !doubts.contains(doubt) { doubts.append(doubt) }
    }

    func noteSecret(named name: String, _ line: Int) {
        // The library is looked at by itself.
        if abroad == nil, !secrets.contains(where: { $0.name == name }) { secrets.append((name, line)) }
    }

    func read(_ block: [LuaStatement]) {
        assigned = TestedPaths(block).assigned
        tables = LocalTables(block)
        let scope = ScanScope()
        fileScope = scope
        read(block, ScanSite(scope: scope))
        noteLostVerdicts()
        found.sort { ($0.line, $0.message) < ($1.line, $1.message) }
    }

    func read(_ block: [LuaStatement], _ site: ScanSite) {
        depth += 1
        defer { depth -= 1 }
        guard depth < 100 else { return }
        for statement in block { read(statement, site) }
    }

    /// Locks and transactions on the session of `run:admin`, which ends with the hook.
    private func checkAdministration() {
        var hold = SessionHold()
        for sent in administered { hold.note(sent.statement) }
        if let complaint = hold.complaint, let last = administered.last { note(complaint, last.line) }
        administered = []
    }

    func assign(_ target: LuaExpression, _ site: ScanSite, _ value: ScanValue = .unknown) {
        switch target {
        case .name(let name, _):
            if site.scope[name] == nil { note("\(name) is a new global: make it local", site.line) }
            guard case .run = value, isInHook else { return site.scope.assign(name) }
            site.scope.assign(name, value)
            kept.append((name, site.scope))
        case .index(let table, _, _):
            switch self.value(of: table, site) {
            case .list(_, "the value", _):
                if case .index(_, .constant(.string(let name)), _) = target {
                    note("the value is a list, and has no field \"\(name)\": table.insert(list, …)", site.line)
                }
            case .run: note("run cannot be changed; run.vars hands values on", site.line)
            case .record(_, let what, _) where what.hasPrefix("run.") || what.hasPrefix("event"):
                note("\(what) cannot be set: only run.vars hands values on", site.line)
            case .list(_, let what, _) where what.hasPrefix("run.") || what.hasPrefix("event"):
                note("\(what) cannot be set: only run.vars hands values on", site.line)
            default: break
            }
        default: break
        }
    }

    /// A field of a table that a filter may change.
    func checkDecision(
        _ target: LuaExpression,
        _ value: LuaExpression,
        _ site: ScanSite
    ) {
        if case .index(let table, _, _) = target, case .list(_, "the value", _) = self.value(of: table, site),
            site.place?.target == FilterName.archiveExclude.rawValue
        {
            checkPattern(value, site.line)
            check(value, is: .string, "an item of the list", site.line)
        }
        guard case .index(let table, .constant(.string(let name)), _) = target,
            case .record(let fields, let what, _) = self.value(of: table, site), what == Self.decision,
            case let field = fields.first(where: { $0.name == name })
        else { return }
        guard let field else {
            return note("unknown field of \(what) \"\(name)\"\(near(name, fields.map(\.name)))", site.line)
        }
        if !["keep", "reason"].contains(name) {
            note("\(what).\(name) cannot be changed: a filter sets keep and reason", site.line)
        }
        check(value, is: field, "\(what).\(name)", site.line)
    }

    private static let decision = "the decision"

    /// `run.vars` hands on what JSON has: no functions, and keys that are names or numbers.
    func checkVariable(
        _ target: LuaExpression,
        _ value: LuaExpression,
        _ site: ScanSite
    ) {
        guard case .index(let table, let key, _) = target, case .vars = self.value(of: table, site) else {
            return
        }
        if case .function = self.value(of: value, site) { note("run.vars hands on no functions", site.line) }
        if case .constant(.bool) = key { note("run.vars takes names and whole numbers, not a boolean", site.line) }
        if case .secret = self.value(of: value, site) {
            note("run.vars hands on no secrets: ask for it where it is used", site.line)
        } else {
            refuseSecret(value, "run.vars", site)
        }
        if case .table(let table) = value, !table.list.isEmpty, table.items.contains(where: { $0.name != nil }) {
            note("a table of run.vars has either items 1, 2, … or names, not both", site.line)
        }
    }

    // MARK: Functions

    /// A function whose arguments are not known.
    ///
    /// A parameter `run` is a run, at a step that is not known.
    func readUnbound(_ function: LuaFunction, _ site: ScanSite) {
        let arguments = function.parameters.map { $0 == "run" ? ScanValue.run(.anywhere) : .unknown }
        let place = site.place ?? (function.parameters.contains("run") ? .anywhere : nil)
        read(function, arguments, site.at(place))
    }

    /// Whether the code belongs to a hook's own function, and not to another one in it.
    var isInHook: Bool { returning != nil }

    /// A function that is called when its hook has ended, with a run of its own: a release, a proof.
    func readLater(_ function: LuaFunction, _ place: ScanPlace, _ site: ScanSite) {
        let inside = ScanScope(inside: site.scope)
        for name in site.scope.runNames { inside.declare(name, .pastRun) }
        read(function, [.run(place)], ScanSite(scope: inside, place: place, line: site.line))
    }

    /// Reads a function's body with the known values of its arguments.
    func read(_ function: LuaFunction, _ arguments: [ScanValue], _ site: ScanSite) {
        let mark =
            "\(abroad?.library.file ?? "") \(function.line) \(function.lastLine) \(site.place.map { "\($0)" } ?? "") \(arguments.map(\.mark))"
        guard seen.insert(mark).inserted else { return }
        let inside = ScanScope(inside: site.scope)
        for (index, name) in function.parameters.enumerated() {
            inside.declare(name, index < arguments.count ? arguments[index] : .unknown)
        }
        let outer = tested
        defer { tested = outer }
        tested.formUnion(TestedPaths(function.body).paths)
        // Functions inside of the hook's own return to it.
        let isHook = returning != nil && !isInsideHook
        let before = (returning, isInsideHook)
        defer { (returning, isInsideHook) = before }
        if isHook { isInsideHook = true } else { returning = nil }
        read(function.body, site.inside(inside))
    }

    /// A function that is bound to a step, a filter or an event.
    func read(hook function: LuaFunction, _ place: ScanPlace, _ scope: ScanScope) {
        var arguments: [ScanValue] = [.run(place)]
        switch place.verb {
        case .on:
            if let kind = Fact.Kind(rawValue: place.target) {
                arguments.append(.record(API.eventFields + API.fields(of: kind), what: "event"))
            }
        case .after:
            if let record = place.step.flatMap(API.known) {
                arguments.append(.record(record.fields, what: "the result"))
            } else {
                arguments.append(.typed(.none, what: "the result of after(\"\(place.target)\")"))
            }
        case .filter:
            if place.target == FilterName.retentionPlan.rawValue {
                let decision = ScanValue.record(APIRecord.decision.fields, what: Self.decision)
                arguments.append(.list(of: decision, what: "the value", mayBeNil: false))
            } else if let filter = FilterName(rawValue: place.target) {
                arguments.append(ScanValue(API.field(filter).required, what: "the value"))
            }
        case .before, .replace: break
        }
        administered = []
        noteLostVerdicts()
        (returning, isInsideHook) = (place, false)
        read(function, arguments, ScanSite(scope: scope, place: place))
        // Another hook that reads them gets a run that is used up.
        for one in kept { one.scope.assign(one.name, .pastRun) }
        kept = []
        (returning, isInsideHook) = (nil, false)
        checkAdministration()
        checkOrder(function)
        noteLostVerdicts()
        ReturnScan(scan: self, place: place).read(function, scope)
    }
}

extension ScanValue {
    /// By which one reading of a function is told from another.
    var mark: String {
        switch self {
        case .run: "run"
        case .record(_, let what, let mayBeNil): "\(what)\(mayBeNil ? "?" : "")"
        case .list(_, let what, _): "list \(what)"
        case .field(_, let what), .typed(_, let what): what
        default: ""
        }
    }
}
