import Lifecycle

/// One call of a verb in a hook file.
package struct Registration: Sendable {
    package var verb: Verb
    package var target: String
    package var file: String
    /// The hook's name in messages, such as "replica-lag/before.flush".
    package var name: String
    package var line: Int
    package var description: String?
    /// How long one call may take; nil: no limit, but some sign of life.
    package var timeout: Duration?
    package var failsRun: Bool
    package var runsAfter: [String]
    package var runsBefore: [String]
    /// Whether it is a replacement that may leave the step to another provider, as far as reading tells.
    package var mayDecline: Bool
    /// Its number in its file's state.
    let id: Int64

    /// Why an option of it has no effect; nil: each has.
    var idleOption: String? {
        guard verb == .after, failsRun, let step, step >= .publish else { return nil }
        return "\(place): on_error = \"fail\" of \(name) has no effect: the set is published by then"
    }

    /// Where it is written.
    var place: String { "\(file):\(line)" }
    var step: StepName? { StepName(rawValue: target) }
}

extension Registration {
    /// Reads what the file said, and checks it against the table.
    ///
    /// - Throws: ``LuaError``.
    init(_ value: LuaValue, file: HookFile, line: Int) throws {
        guard let verb = value["verb"].text.flatMap(Verb.init), let target = value["target"].text,
            let id = value["id"].integer
        else { throw LuaError("a registration without a verb") }
        try Self.check(verb, target)
        let options = value["options"]
        self.verb = verb
        self.target = target
        self.file = file.fileName
        self.name = "\(file.name)/\(verb.rawValue).\(target)"
        self.line = line
        self.id = id
        mayDecline = verb == .replace && file.mayDecline(target)
        description = options["desc"].text
        timeout = options["timeout"].number.map { .seconds($0) } ?? API.usualTimeout(verb, target)
        failsRun = try Self.failsRun(options["on_error"].text, verb, target)
        runsAfter = (options["runs_after"].list ?? []).compactMap(\.text)
        runsBefore = (options["runs_before"].list ?? []).compactMap(\.text)
    }

    private static func check(_ verb: Verb, _ target: String) throws {
        let allowed = API.targets(verb)
        if allowed.contains(target) { return }
        if let reason = StepName(rawValue: target)?.rule.fixedBecause, verb == .replace {
            throw LuaError(
                "the step \"\(target)\" cannot be replaced: \(reason); replace takes \(allowed.joined(separator: ", "))"
            )
        }
        let others = Verb.allCases.filter { API.targets($0).contains(target) }.map(\.rawValue)
        let near = nearest(to: target, among: allowed).map { ", did you mean \"\($0)\"?" } ?? ""
        let hint = others.isEmpty ? near : "; it is for \(others.joined(separator: ", "))"
        throw LuaError(
            "\(verb.rawValue) knows no \"\(target)\"\(hint)\(near.isEmpty ? " (\(allowed.joined(separator: ", ")))" : "")"
        )
    }

    private static func failsRun(_ text: String?, _ verb: Verb, _ target: String) throws -> Bool {
        switch text {
        case nil: API.failsRun(verb, target)
        case "fail" where verb != .on: true
        case "warn": false
        default: throw LuaError("on_error has to be \"fail\" or \"warn\"\(verb == .on ? "; on always warns" : "")")
        }
    }
}
