extension LuaStatement {
    /// The expressions of the statement itself.
    fileprivate var expressions: [LuaExpression] {
        switch self {
        case .local(_, let values), .return(let values, _), .count(_, let values, _), .each(_, let values, _): values
        case .assign(let targets, let values, _): targets + values
        case .call(let call): [call]
        case .loop(let condition, _): condition.map { [$0] } ?? []
        case .branches(let branches, _): branches.map(\.condition)
        case .function(let target, _, let function): [target, .function(function)]
        case .localFunction(_, let function): [.function(function)]
        case .block, .jump: []
        }
    }

    /// The blocks in it.
    fileprivate var blocks: [[LuaStatement]] {
        switch self {
        case .block(let body), .loop(_, let body), .count(_, _, let body), .each(_, _, let body): [body]
        case .branches(let branches, let otherwise): branches.map(\.body) + [otherwise ?? []]
        default: []
        }
    }
}

extension [LuaStatement] {
    /// Each statement, with those inside of others; functions are left out.
    func visitStatements(_ each: (LuaStatement) -> Void) {
        for statement in self {
            each(statement)
            for block in statement.blocks { block.visitStatements(each) }
        }
    }

    /// Each expression, with those inside of others.
    ///
    /// - Parameter entersFunctions: whether those in the bodies of functions count, too.
    func visit(entersFunctions: Bool = false, _ each: (LuaExpression) -> Void) {
        visitStatements { statement in
            for expression in statement.expressions { expression.visit(entersFunctions, each) }
        }
    }
}

extension LuaExpression {
    fileprivate func visit(_ entersFunctions: Bool, _ each: (LuaExpression) -> Void) {
        each(self)
        switch self {
        case .constant, .vararg, .name: break
        case .function(let function): if entersFunctions { function.body.visit(entersFunctions: true, each) }
        case .index(let table, let key, _):
            table.visit(entersFunctions, each)
            key.visit(entersFunctions, each)
        case .call(let function, let arguments, _):
            for part in [function] + arguments { part.visit(entersFunctions, each) }
        case .method(let object, _, let arguments, _):
            for part in [object] + arguments { part.visit(entersFunctions, each) }
        case .table(let table): for item in table.items { item.value.visit(entersFunctions, each) }
        case .binary(_, let left, let right, _):
            left.visit(entersFunctions, each)
            right.visit(entersFunctions, each)
        case .unary(_, let operand), .single(let operand): operand.visit(entersFunctions, each)
        }
    }
}
