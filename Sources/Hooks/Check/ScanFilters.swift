import Lifecycle

/// The values that filters return, against the rules of a run, as far as they are written out.
extension HookScan {
    func checkFilter(_ expression: LuaExpression, _ hook: ScanPlace, _ line: Int) {
        switch FilterName(rawValue: hook.target) {
        case .snapshotSize:
            if let text = expression.literal?.text { check(text, by: settings.rules.snapshotSize, line) }
        case .archiveName: checkName(expression, line)
        case .archiveExclude:
            guard case .table(let table) = expression else { return }
            for item in table.list { checkPattern(item, line) }
        case .retentionPlan, nil: break
        }
    }

    /// A pattern for the filter of excluded paths.
    func checkPattern(_ expression: LuaExpression, _ line: Int) {
        guard let text = expression.literal?.text else { return }
        check(text, by: { try settings.rules.archiveExclude([$0]) }, line)
    }

    /// The name of a set's directory: a slash, or a dot at its beginning, is wrong in any text around it.
    private func checkName(_ expression: LuaExpression, _ line: Int) {
        if let text = expression.literal?.text { return check(text, by: settings.rules.archiveName, line) }
        let parts = expression.parts
        guard parts.count > 1 else { return }
        for text in parts.compactMap(\.literal?.text) where text.contains("/") {
            note("the name of a set has no slash, and \"\(text)\" has one", line)
        }
        if let first = parts[0].literal?.text, first.hasPrefix(".") {
            note("the name of a set has no dot at its beginning, and \"\(first)\" has one", line)
        }
    }

    private func check(_ text: String, by rule: (String) throws -> Void, _ line: Int) {
        do { try rule(text) } catch { note("a run refuses the returned \"\(text)\": \(Failure(error).message)", line) }
    }
}

extension LuaExpression {
    /// The texts that it joins.
    var parts: [LuaExpression] {
        guard case .binary("..", let left, let right, _) = self else { return [self] }
        return left.parts + right.parts
    }
}
