import Lifecycle

/// Errors that are meant to fail a run and do not, and releases that come too late.
extension HookScan {
    /// An error of a function whose error is a warning.
    ///
    /// - Parameter options: those of the registration, where they are there.
    func checkRaising(_ function: LuaFunction, _ hook: ScanPlace, _ options: LuaExpression?) {
        guard let line = function.firstError else { return }
        switch hook.verb {
        case .after:
            guard let step = hook.step, step < .publish, !API.failsRun(.after, hook.target),
                options.map({ !$0.mayHave("on_error") }) ?? true
            else { return }
            doubt(
                "an error in after(\"\(hook.target)\") is a warning, and the run goes on: on_error = \"fail\" fails it, and on_error = \"warn\" says that this is meant",
                line
            )
        case .on:
            guard let event = Fact.Kind(rawValue: hook.target), let step = event.verdictStep else { return }
            doubt(
                "an error in on(\"\(hook.target)\") is a warning, and the run goes on: use after(\"\(step.rawValue)\", { on_error = \"fail\" }, …)",
                line
            )
        case .before, .replace, .filter: break
        }
    }

    /// A release that is registered when its act is done: a run that dies between them leaves it.
    func checkOrder(_ function: LuaFunction) {
        guard let run = function.parameters.first else { return }
        var (act, undo): (Int?, Int?) = (nil, nil)
        function.body.visitStatements { statement in
            guard case .call(.method(.name(run, _), let name, let arguments, let line)) = statement else { return }
            switch (name, arguments.first) {
            case ("intend", _): (act, undo) = (nil, nil)
            case ("undo", _):
                // A program of run:spawn can only be handed over when it runs.
                if case .table? = arguments.last { undo = act == nil ? nil : undo ?? line }
            case ("exec", .table(let table)?), ("pipe", .table(let table)?):
                if table["reads"] == nil { (act, undo) = (line, nil) }
            case ("admin", _): (act, undo) = (line, nil)
            default: break
            }
        }
        guard let undo else { return }
        doubt(
            "run:undo comes after the act: where the run dies between them, nothing undoes it; register it before",
            undo
        )
    }

    /// A release of a function alone, where data would do: it does not outlive the process.
    func checkSurvival(of release: LuaExpression, _ line: Int) {
        let function: LuaFunction
        switch release {
        case .function(let own): function = own
        case .table(let table):
            guard table["exec"] == nil, table["sql"] == nil, case .function(let own)? = table["call"] else { return }
            function = own
        default: return
        }
        guard let run = function.parameters.first, function.body.count == 1,
            case .call(.method(.name(run, _), let name, let arguments, _)) = function.body[0], arguments.count == 1,
            name == "exec" || name == "sql"
        else { return }
        if case .table(let table) = arguments[0] {
            guard table.items.allSatisfy({ $0.name == nil || $0.name == "timeout" }) else { return }
        }
        let data = name == "exec" ? "exec = { … }" : "sql = \"…\""
        doubt("a function is lost where the process is killed, and data is not: hand over { \(data) }", line)
    }
}

extension LuaFunction {
    /// The line of its own first `error` or `assert`; nil: there is none, also where functions in it have some.
    fileprivate var firstError: Int? {
        var first: Int?
        body.visit { expression in
            guard case .call(.name(let name, _), _, let line) = expression, ["assert", "error"].contains(name) else {
                return
            }
            first = min(first ?? line, line)
        }
        return first
    }
}

extension LuaExpression {
    /// Whether a table of options has one, as far as reading tells.
    fileprivate func mayHave(_ name: String) -> Bool {
        guard case .table(let table) = self else { return true }
        return table[name] != nil || table.items.contains(where: \.hasComputedKey)
    }
}

extension Fact.Kind {
    /// The step whose `after` hooks may still fail the run when the event is told; nil: there is none.
    fileprivate var verdictStep: StepName? {
        switch self {
        case .locked: .lock
        case .unlocked, .snapshotted: .snapshot
        case .mounted: .mount
        case .recovered: .recover
        case .archived: .archive
        default: nil
        }
    }
}
