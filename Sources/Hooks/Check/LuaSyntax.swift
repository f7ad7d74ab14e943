/// Lua text as a tree, as far as a check of hooks has use for it.
indirect enum LuaExpression: Sendable {
    case constant(LuaConstant)
    case vararg
    case function(LuaFunction)
    case name(String, line: Int)
    case index(LuaExpression, LuaExpression, line: Int)
    case call(LuaExpression, [LuaExpression], line: Int)
    case method(LuaExpression, String, [LuaExpression], line: Int)
    case table(LuaTable)
    case binary(String, LuaExpression, LuaExpression, line: Int)
    case unary(String, LuaExpression)
    /// A call in parentheses: of several values the first.
    case single(LuaExpression)
}

extension LuaExpression {
    /// The line of its first name; nil where it has none.
    var line: Int? {
        switch self {
        case .constant, .vararg: nil
        case .function(let function): function.line
        case .name(_, let line), .index(_, _, let line), .call(_, _, let line), .method(_, _, _, let line): line
        case .table(let table): table.line
        case .binary(_, _, _, let line): line
        case .unary(_, let operand), .single(let operand): operand.line
        }
    }
}

enum LuaConstant: Sendable, Equatable {
    case none
    case bool(Bool)
    case number(Double)
    case string(String)

    var kind: String {
        switch self {
        case .none: "nil"
        case .bool: "boolean"
        case .number: "number"
        case .string: "string"
        }
    }

    /// As a message shows it.
    var shown: String {
        switch self {
        case .none: "nil"
        case .bool(let value): "\(value)"
        case .number(let number): Int64(exactly: number).map { "\($0)" } ?? "\(number)"
        case .string(let text): text.count > 60 ? "a string" : "\"\(text)\""
        }
    }
}

/// `{ … }`.
struct LuaTable: Sendable {
    struct Item: Sendable {
        /// The name of `name = value` and `["name"] = value`; nil of an item and of a key that is computed.
        var name: String?
        var hasComputedKey = false
        var value: LuaExpression
        var line: Int
    }

    var items: [Item] = []
    var line: Int

    subscript(_ name: String) -> LuaExpression? { items.last { $0.name == name }?.value }

    /// The values without keys.
    var list: [LuaExpression] { items.filter { $0.name == nil && !$0.hasComputedKey }.map(\.value) }
}

/// A function's parameters and body.
final class LuaFunction: Sendable {
    let parameters: [String]
    let body: [LuaStatement]
    let line: Int
    let lastLine: Int

    /// Whether no way out of it has a value.
    var returnsNothing: Bool { ReturnScan.returns(in: body).allSatisfy(\.0.isEmpty) && ReturnScan.fallsThrough(body) }

    /// Whether one of its ways out has a verdict.
    var returnsVerdict: Bool {
        ReturnScan.returns(in: body).contains { values, _ in
            guard case .method(.name("run", _), let name, _, _) = values.first else { return false }
            return VerdictName(rawValue: name) != nil
        }
    }

    /// Whether one of its ways out may leave the step to the next provider.
    var mayDecline: Bool {
        ReturnScan.returns(in: body).contains { values, _ in
            switch values.first {
            case .table, .constant, nil: false
            case .method(.name("run", _), let name, _, _): name == "decline" || VerdictName(rawValue: name) == nil
            default: true
            }
        }
    }

    init(parameters: [String], body: [LuaStatement], line: Int, lastLine: Int) {
        (self.parameters, self.body, self.line, self.lastLine) = (parameters, body, line, lastLine)
    }
}

enum LuaStatement: Sendable {
    case local([String], [LuaExpression])
    case localFunction(String, LuaFunction)
    case assign([LuaExpression], [LuaExpression], line: Int)
    /// A call whose result is not used.
    case call(LuaExpression)
    case block([LuaStatement])
    case loop(LuaExpression?, [LuaStatement])
    case branches([(condition: LuaExpression, body: [LuaStatement])], otherwise: [LuaStatement]?)
    case count(String, [LuaExpression], [LuaStatement])
    case each([String], [LuaExpression], [LuaStatement])
    case function(LuaExpression, isMethod: Bool, LuaFunction)
    case `return`([LuaExpression], line: Int)
    case jump
}
