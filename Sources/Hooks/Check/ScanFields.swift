/// Tables that are written out in a hook file, against the table of the API.
extension HookScan {
    /// - Parameter takesItems: whether there may be items beside the fields: the words of a command.
    func check(_ table: LuaTable, _ fields: [APIField], _ what: String, _ line: Int, takesItems: Bool = false) {
        checkNames(table)
        for item in table.items {
            guard let name = item.name else {
                if !takesItems, !item.hasComputedKey { note("\(what) takes names, not items", item.line) }
                continue
            }
            guard let field = fields.first(where: { $0.name == name }) else {
                note("unknown field of \(what) \"\(name)\"\(near(name, fields.map(\.name)))", item.line)
                continue
            }
            check(item.value, is: field, "\(what).\(name)", item.line)
        }
        guard !table.items.contains(where: \.hasComputedKey) else { return }
        for field in fields where field.isRequired && table[field.name] == nil {
            note("\(what) lacks \(field.name): \(field.meaning)", line)
        }
    }

    func check(_ value: LuaExpression, is field: APIField, _ what: String, _ line: Int) {
        switch (value, field.type) {
        case (.table(let table), .list): list(table, field, what)
        case (.table(let table), .table):
            if let record = field.record { check(table, record.fields, what, line) } else { names(table, field, what) }
        default: check(value, is: field.type, what, line)
        }
        if let form = field.form { check(value, has: form, what, line, isTime: field.type == .duration) }
        guard let words = field.words, case .constant(.string(let word)) = value, !words.contains(word) else { return }
        note("\(what) is never \"\(word)\"\(near(word, words)); it is \(words.joined(separator: ", "))", line)
    }

    private func list(_ table: LuaTable, _ field: APIField, _ what: String) {
        var number = 0
        for item in table.items where !item.hasComputedKey {
            if let name = item.name {
                note("\(what) has to be a list, and has the name \"\(name)\"", item.line)
            } else {
                number += 1
                let what = "\(what)[\(number)]"
                if let kind = field.items { check(item.value, is: kind, what, item.line) }
                if let form = field.form { check(item.value, has: form, what, item.line) }
                if let record = field.record, case .table(let table) = item.value {
                    check(table, record.fields, what, item.line)
                }
            }
        }
    }

    /// A value that is written out and has the right type, against the rule beyond its type.
    ///
    /// - Parameter isTime: whether a text is a number of seconds.
    private func check(
        _ value: LuaExpression,
        has form: APIForm,
        _ what: String,
        _ line: Int,
        isTime: Bool = false
    ) {
        guard let given = value.literal else { return }
        let seconds = isTime ? value.seconds.map(LuaValue.number) : nil
        guard !form.includes(seconds ?? given) else { return }
        note("\(what) has to be \(form.noun), not \(given.shown)", line)
    }

    private func names(_ table: LuaTable, _ field: APIField, _ what: String) {
        for item in table.items where !item.hasComputedKey {
            guard let name = item.name else {
                return note("\(what) has to be a table with names, { NAME = value }, not a list", item.line)
            }
            if let kind = field.items { check(item.value, is: kind, "\(what).\(name)", item.line) }
        }
    }

    func check(_ value: LuaExpression, is type: APIType, _ what: String, _ line: Int) {
        let shown: String? =
            switch value {
            case .constant(.none): nil
            case .constant(let constant): type.includes(constant) ? nil : constant.shown
            case .table(let table): type.takesTables ? nil : table.list.isEmpty ? "a table" : "a list"
            case .function: type.takesFunctions ? nil : "a function"
            default: nil
            }
        if let shown { note("\(what) has to be \(type.noun), not \(shown)", line) }
    }
}

extension APIType {
    fileprivate func includes(_ constant: LuaConstant) -> Bool {
        switch (self, constant) {
        case (.any, _), (.boolean, .bool), (.number, .number), (.string, .string), (.duration, .number): true
        case (.text, .string), (.text, .number): true
        case (.integer, .number(let number)): number == number.rounded()
        case (.duration, .string(let text)): Quantity.seconds(text) != nil
        default: false
        }
    }

    fileprivate var takesTables: Bool { [.any, .list, .release, .table].contains(self) }
    fileprivate var takesFunctions: Bool { [.any, .function, .proof, .release].contains(self) }
}

extension LuaExpression {
    /// The value that is written out; nil where it is computed.
    var literal: LuaValue? {
        switch self {
        case .constant(.string(let text)): .text(text)
        case .constant(.number(let number)): LuaValue(literal: number)
        case .unary("-", .constant(.number(let number))): LuaValue(literal: -number)
        case .constant(.bool(let value)): .bool(value)
        default: nil
        }
    }
}

extension LuaValue {
    /// A number as messages show it: whole where it is.
    fileprivate init(literal number: Double) {
        self = Int64(exactly: number).map(LuaValue.integer) ?? .number(number)
    }
}
