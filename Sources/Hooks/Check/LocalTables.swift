/// Tables at a file's own level of which reading tells every member: the file never hands them on as a whole.
struct LocalTables {
    /// The members by the names of the tables, with the functions among them.
    private(set) var members: [String: [String: LuaFunction?]] = [:]

    init(_ block: [LuaStatement]) {
        let declared = Self.declared(in: block)
        guard !declared.isEmpty else { return }
        let uses = Uses(block, of: Set(declared.keys))
        for (name, table) in declared where uses.whole[name, default: 0] == uses.returned(name, in: block) {
            var all = uses.members[name] ?? [:]
            for item in table.items {
                guard let member = item.name else { continue }
                if case .function(let function) = item.value {
                    all[member] = function
                } else {
                    all[member] = .some(nil)
                }
            }
            members[name] = all
        }
    }

    /// Tables whose fields all have names; a name that is declared twice stands for either.
    private static func declared(in block: [LuaStatement]) -> [String: LuaTable] {
        var tables: [String: LuaTable] = [:]
        var seen: Set<String> = []
        for case .local(let names, let values) in block {
            for (index, name) in names.enumerated() {
                guard seen.insert(name).inserted, index < values.count, case .table(let table) = values[index],
                    table.items.allSatisfy({ $0.name != nil })
                else {
                    tables[name] = nil
                    continue
                }
                tables[name] = table
            }
        }
        return tables
    }

    /// How a file uses tables.
    private struct Uses {
        /// How often each stands for itself, and not for a member.
        var whole: [String: Int] = [:]
        var members: [String: [String: LuaFunction?]] = [:]
        private let names: Set<String>

        init(_ block: [LuaStatement], of names: Set<String>) {
            self.names = names
            read(block)
        }

        private mutating func read(_ block: [LuaStatement]) {
            var (whole, bodies): ([String: Int], [LuaFunction]) = (self.whole, [])
            block.visit(entersFunctions: true) { expression in
                switch expression {
                case .name(let name, _) where names.contains(name): whole[name, default: 0] += 1
                case .index(.name(let name, _), .constant(.string), _), .method(.name(let name, _), _, _, _):
                    if names.contains(name) { whole[name, default: 0] -= 1 }
                case .function(let function): bodies.append(function)
                default: break
                }
            }
            self.whole = whole
            collect(block)
            for body in bodies {
                // A parameter or variable of the same name is another value.
                for name in body.parameters where names.contains(name) { self.whole[name, default: 0] += 1000 }
                collect(body.body)
            }
        }

        private mutating func collect(_ block: [LuaStatement]) {
            var found: [(table: String, member: String, function: LuaFunction?)] = []
            block.visitStatements { statement in
                switch statement {
                case .assign(let targets, let values, _):
                    for (index, target) in targets.enumerated() {
                        guard case .index(.name(let table, _), .constant(.string(let member)), _) = target else {
                            continue
                        }
                        if index < values.count, case .function(let function) = values[index] {
                            found.append((table, member, function))
                        } else {
                            found.append((table, member, nil))
                        }
                    }
                case .function(
                    .index(.name(let table, _), .constant(.string(let member)), _),
                    let isMethod,
                    let function
                ):
                    found.append((table, member, isMethod ? nil : function))
                default: break
                }
            }
            for one in found where names.contains(one.table) {
                // Which of two values a call gets is not known.
                let isFirst = members[one.table]?[one.member] == nil
                members[one.table, default: [:]][one.member] = .some(isFirst ? one.function : nil)
            }
        }

        /// How often a file returns the table, as a library does.
        func returned(_ name: String, in block: [LuaStatement]) -> Int {
            block.count { statement in
                if case .return(let values, _) = statement, case .name(name, _)? = values.first { true } else { false }
            }
        }
    }
}
