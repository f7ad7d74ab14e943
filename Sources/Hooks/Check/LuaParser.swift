/// Reads Lua 5.4 into a tree.
struct LuaParser {
    private let tokens: [LuaToken]
    private var index = 0
    private var depth = 0
    /// As Lua's own parser, whose limit is 200; a chain of so many operators or calls is as deep a tree.
    private static let depthLimit = 200

    /// - Throws: ``LuaUnreadable``.
    static func parse(_ text: String) throws(LuaUnreadable) -> [LuaStatement] {
        var lexer = LuaLexer(text)
        var parser = LuaParser(tokens: try lexer.tokens())
        let block = try parser.block()
        guard parser.token.kind == .end else { throw LuaUnreadable(line: parser.token.line) }
        return block
    }

    private init(tokens: [LuaToken]) { self.tokens = tokens }

    // MARK: Words

    private var token: LuaToken { tokens[index] }
    private var unreadable: LuaUnreadable { LuaUnreadable(line: token.line) }

    private mutating func take() -> LuaToken {
        defer { if index < tokens.count - 1 { index += 1 } }
        return token
    }

    private mutating func takes(_ word: String) -> Bool {
        guard token.kind == .symbol(word) || token.kind == .keyword(word) else { return false }
        _ = take()
        return true
    }

    private mutating func expect(_ word: String) throws(LuaUnreadable) {
        guard takes(word) else { throw unreadable }
    }

    private mutating func name() throws(LuaUnreadable) -> String {
        guard case .name(let name) = token.kind else { throw unreadable }
        _ = take()
        return name
    }

    private mutating func deeper<Value>(
        _ work: (inout LuaParser) throws(LuaUnreadable) -> Value
    ) throws(LuaUnreadable) -> Value {
        depth += 1
        defer { depth -= 1 }
        guard depth < Self.depthLimit else { throw unreadable }
        return try work(&self)
    }

    // MARK: Statements

    private var endsBlock: Bool {
        switch token.kind {
        case .end: true
        case .keyword(let word): ["end", "else", "elseif", "until"].contains(word)
        default: false
        }
    }

    private mutating func block() throws(LuaUnreadable) -> [LuaStatement] {
        try deeper { parser throws(LuaUnreadable) in
            var statements: [LuaStatement] = []
            while !parser.endsBlock {
                if parser.takes(";") { continue }
                let line = parser.token.line
                if parser.takes("return") {
                    let isEmpty = parser.endsBlock || parser.token.kind == .symbol(";")
                    statements.append(.return(isEmpty ? [] : try parser.expressions(), line: line))
                    _ = parser.takes(";")
                    break
                }
                statements.append(try parser.statement())
            }
            return statements
        }
    }

    private mutating func statement() throws(LuaUnreadable) -> LuaStatement {
        switch token.kind {
        case .keyword(let word): try keyword(word)
        case .symbol("::"): try label()
        default: try callOrAssignment()
        }
    }

    private mutating func label() throws(LuaUnreadable) -> LuaStatement {
        try expect("::")
        _ = try name()
        try expect("::")
        return .jump
    }

    private mutating func keyword(_ word: String) throws(LuaUnreadable) -> LuaStatement {
        if word == "function" { return try functionStatement() }
        _ = take()
        switch word {
        case "break": return .jump
        case "goto":
            _ = try name()
            return .jump
        case "do":
            let body = try block()
            try expect("end")
            return .block(body)
        case "while":
            let condition = try expression()
            try expect("do")
            let body = try block()
            try expect("end")
            return .loop(condition, body)
        case "repeat":
            let body = try block()
            try expect("until")
            return .loop(try expression(), body)
        case "if": return try branches()
        case "for": return try forStatement()
        case "local": return try local()
        default: throw unreadable
        }
    }

    private mutating func branches() throws(LuaUnreadable) -> LuaStatement {
        var branches: [(condition: LuaExpression, body: [LuaStatement])] = []
        var otherwise: [LuaStatement]?
        repeat {
            let condition = try expression()
            try expect("then")
            branches.append((condition, try block()))
        } while takes("elseif")
        if takes("else") { otherwise = try block() }
        try expect("end")
        return .branches(branches, otherwise: otherwise)
    }

    private mutating func forStatement() throws(LuaUnreadable) -> LuaStatement {
        var names = [try name()]
        if takes("=") {
            let range = try expressions()
            try expect("do")
            let body = try block()
            try expect("end")
            return .count(names[0], range, body)
        }
        while takes(",") { names.append(try name()) }
        try expect("in")
        let values = try expressions()
        try expect("do")
        let body = try block()
        try expect("end")
        return .each(names, values, body)
    }

    private mutating func local() throws(LuaUnreadable) -> LuaStatement {
        if takes("function") {
            let line = token.line
            let name = try name()
            return .localFunction(name, try function(line, isMethod: false))
        }
        var names: [String] = []
        repeat {
            names.append(try name())
            if takes("<") {
                _ = try name()
                try expect(">")
            }
        } while takes(",")
        return .local(names, takes("=") ? try expressions() : [])
    }

    private mutating func functionStatement() throws(LuaUnreadable) -> LuaStatement {
        let line = token.line
        try expect("function")
        var target = LuaExpression.name(try name(), line: line)
        var isMethod = false
        while !isMethod, token.kind == .symbol(".") || token.kind == .symbol(":") {
            isMethod = token.kind == .symbol(":")
            _ = take()
            target = .index(target, .constant(.string(try name())), line: line)
        }
        return .function(target, isMethod: isMethod, try function(line, isMethod: isMethod))
    }

    private mutating func callOrAssignment() throws(LuaUnreadable) -> LuaStatement {
        let line = token.line
        let first = try suffixed()
        if token.kind == .symbol("=") || token.kind == .symbol(",") {
            var targets = [first]
            while takes(",") { targets.append(try suffixed()) }
            try expect("=")
            return .assign(targets, try expressions(), line: line)
        }
        switch first {
        case .call, .method: return .call(first)
        default: throw unreadable
        }
    }

    // MARK: Expressions

    private mutating func expressions() throws(LuaUnreadable) -> [LuaExpression] {
        var list = [try expression()]
        while takes(",") { list.append(try expression()) }
        return list
    }

    /// Left and right binding powers.
    private static let powers: [String: (left: Int, right: Int)] = [
        "or": (1, 1), "and": (2, 2), "<": (3, 3), ">": (3, 3), "<=": (3, 3), ">=": (3, 3), "~=": (3, 3), "==": (3, 3),
        "|": (4, 4), "~": (5, 5), "&": (6, 6), "<<": (7, 7), ">>": (7, 7), "..": (9, 8), "+": (10, 10), "-": (10, 10),
        "*": (11, 11), "/": (11, 11), "//": (11, 11), "%": (11, 11), "^": (14, 13),
    ]
    private static let unaryPower = 12

    private var word: String? {
        switch token.kind {
        case .symbol(let word), .keyword(let word): word
        default: nil
        }
    }

    private mutating func expression(_ limit: Int = 0) throws(LuaUnreadable) -> LuaExpression {
        try deeper { parser throws(LuaUnreadable) in
            var left: LuaExpression
            if let word = parser.word, ["not", "-", "#", "~"].contains(word) {
                _ = parser.take()
                left = .unary(word, try parser.expression(Self.unaryPower))
            } else {
                left = try parser.simple()
            }
            var length = 0
            while let word = parser.word, let power = Self.powers[word], power.left > limit {
                length += 1
                guard length < Self.depthLimit else { throw parser.unreadable }
                let line = parser.take().line
                left = .binary(word, left, try parser.expression(power.right), line: line)
            }
            return left
        }
    }

    private mutating func simple() throws(LuaUnreadable) -> LuaExpression {
        let line = token.line
        switch token.kind {
        case .number(let number):
            _ = take()
            return .constant(.number(number))
        case .string(let text):
            _ = take()
            return .constant(.string(text))
        case .keyword("nil"), .keyword("true"), .keyword("false"):
            let word = take().kind
            return .constant(word == .keyword("nil") ? .none : .bool(word == .keyword("true")))
        case .keyword("function"):
            _ = take()
            return .function(try function(line, isMethod: false))
        case .symbol("..."):
            _ = take()
            return .vararg
        case .symbol("{"): return .table(try table())
        default: return try suffixed()
        }
    }

    private mutating func suffixed() throws(LuaUnreadable) -> LuaExpression {
        let line = token.line
        var value: LuaExpression
        var isSingle = false
        if takes("(") {
            value = try expression()
            try expect(")")
            isSingle = value.isOpen
        } else {
            value = .name(try name(), line: line)
        }
        var length = 0
        while let next = try suffix(of: value) {
            value = next
            isSingle = false
            length += 1
            guard length < Self.depthLimit else { throw unreadable }
        }
        return isSingle ? .single(value) : value
    }

    private mutating func suffix(of value: LuaExpression) throws(LuaUnreadable) -> LuaExpression? {
        let line = token.line
        if takes(".") { return .index(value, .constant(.string(try name())), line: line) }
        if takes("[") {
            let key = try expression()
            try expect("]")
            return .index(value, key, line: line)
        }
        if takes(":") {
            let name = try name()
            guard let arguments = try arguments() else { throw unreadable }
            return .method(value, name, arguments, line: line)
        }
        return try arguments().map { .call(value, $0, line: line) }
    }

    private mutating func arguments() throws(LuaUnreadable) -> [LuaExpression]? {
        if case .string(let text) = token.kind {
            _ = take()
            return [.constant(.string(text))]
        }
        if token.kind == .symbol("{") { return [.table(try table())] }
        guard takes("(") else { return nil }
        if takes(")") { return [] }
        let list = try expressions()
        try expect(")")
        return list
    }

    private mutating func table() throws(LuaUnreadable) -> LuaTable {
        var table = LuaTable(line: token.line)
        try expect("{")
        while !takes("}") {
            table.items.append(try item())
            if !takes(","), !takes(";") {
                try expect("}")
                break
            }
        }
        return table
    }

    private mutating func item() throws(LuaUnreadable) -> LuaTable.Item {
        let line = token.line
        if takes("[") {
            let key = try expression()
            try expect("]")
            try expect("=")
            let value = try expression()
            if case .constant(.string(let name)) = key { return LuaTable.Item(name: name, value: value, line: line) }
            return LuaTable.Item(hasComputedKey: true, value: value, line: line)
        }
        if case .name(let name) = token.kind, tokens[min(index + 1, tokens.count - 1)].kind == .symbol("=") {
            _ = take()
            _ = take()
            return LuaTable.Item(name: name, value: try expression(), line: line)
        }
        return LuaTable.Item(value: try expression(), line: line)
    }

    private mutating func function(_ line: Int, isMethod: Bool) throws(LuaUnreadable) -> LuaFunction {
        var parameters = isMethod ? ["self"] : []
        try expect("(")
        while !takes(")") {
            if takes("...") {
                try expect(")")
                break
            }
            parameters.append(try name())
            if !takes(",") {
                try expect(")")
                break
            }
        }
        let body = try block()
        let lastLine = token.line
        try expect("end")
        return LuaFunction(parameters: parameters, body: body, line: line, lastLine: lastLine)
    }
}
