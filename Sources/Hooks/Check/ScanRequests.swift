import Lifecycle

/// Requests, programs and statements that are written out.
extension HookScan {
    /// The programs that read a text as commands behind their option `-c`.
    static let shells = Set("bash dash sh".split(separator: " ").map(String.init))

    /// The table of `run:http`.
    func request(_ table: LuaTable, _ line: Int) {
        if let url = table["url"]?.literal?.text, !url.hasPrefix("http://"), !url.hasPrefix("https://") {
            note("request.url has to begin with http:// or https://, not \"\(url)\"", line)
        }
        let method = table["method"]?.literal?.text?.uppercased()
        if let method, !Self.methods.contains(method) {
            doubt("\"\(method)\" is no usual method of HTTP\(near(method, Self.methods))", line)
        }
        let isGet = table["method"] == nil || method == "GET"
        if isGet, table["body"] != nil || table["json"] != nil {
            doubt("a request with a body is a GET here: write method = \"POST\"", line)
        }
    }

    private static let methods = ["DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"]

    /// The options of a program that do not go together.
    func checkCommand(_ table: LuaTable, _ what: String) {
        if table["on_line"] != nil, table["stdout"] != nil {
            note("\(what) takes either stdout or on_line", table.line)
        }
        if case .table(let list)? = table["ok"], !list.list.isEmpty,
            !list.list.contains(where: { $0.literal == .integer(0) || $0.literal == nil })
        {
            doubt("\(what): ok lacks 0, the status of a program that has succeeded", table.line)
        }
        if let ready = table["ready"]?.literal?.text, let fault = LuaPattern.fault(in: ready) {
            note("the pattern \"\(ready)\": \(fault)", table.line)
        }
        checkShell(table, what)
    }

    /// A shell's command that is joined of values.
    private func checkShell(_ table: LuaTable, _ what: String) {
        let words = table.list
        guard words.count > 2, let program = words[0].literal?.text?.split(separator: "/").last,
            Self.shells.contains(String(program)), words[1].literal?.text?.hasPrefix("-") == true,
            words[1].literal?.text?.hasSuffix("c") == true, words[2].isJoined
        else { return }
        doubt(
            "\(what): a shell reads the joined values as code: write { \"sh\", \"-c\", \"… \\\"$1\\\"\", \"sh\", value }",
            table.line
        )
    }

    /// A query that is joined of values, and several statements in one.
    func checkJoined(_ query: LuaExpression, _ line: Int) {
        if query.isJoined, takesValues(query) {
            doubt("a query joined of values: write ? for each, and hand the values over", line)
        }
        guard let text = query.literal?.text, SQLText.isSeveral(text) else { return }
        note("run:sql sends one statement: call it once for each", line)
    }

    /// Whether ? can stand for the joined parts; in a statement such as FLUSH TABLES they are names.
    private func takesValues(_ query: LuaExpression) -> Bool {
        guard let verb = query.beginning?.split(separator: " ").first else { return true }
        return !["CHECKSUM", "FLUSH", "KILL", "LOCK", "SET"].contains(verb.uppercased())
    }
}

extension LuaExpression {
    /// Whether it is a text joined of others, of which one is computed.
    fileprivate var isJoined: Bool {
        if isFormatted { return true }
        guard case .binary("..", let left, let right, _) = self else { return false }
        return [left, right].contains { $0.literal == nil && !$0.isChain } || left.isJoined || right.isJoined
    }

    /// Whether it is a format with places for texts where values stand, as in `a = '%s'`.
    private var isFormatted: Bool {
        guard let form = format else { return false }
        return form.firstMatch(of: #/(?i)(?:[=<>(,'\x22]|\b(?:like|in|values))\s*%[sq]/#) != nil
    }

    /// The text of `("…"):format(…)` and `string.format("…", …)`; nil of other expressions.
    private var format: String? {
        switch self {
        case .method(let form, "format", _, _): form.literal?.text
        case .call(.index(.name("string", _), .constant(.string("format")), _), let arguments, _):
            arguments.first?.literal?.text
        default: nil
        }
    }

    /// The text at the beginning, as far as it is a literal.
    fileprivate var beginning: String? {
        if case .binary("..", let left, _, _) = self { left.beginning } else { literal?.text ?? format }
    }

    private var isChain: Bool {
        if case .binary("..", _, _, _) = self { true } else { false }
    }
}
