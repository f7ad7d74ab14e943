import Lifecycle

/// Values of tests and of filters, checked against the table of the API.
enum FieldCheck {
    /// - Parameters:
    ///   - place: how messages call the table.
    ///   - isWhole: whether fields that have to be there may not be missing.
    /// - Throws: ``LuaError`` for a name that the table of the API does not have, or a value of another kind.
    static func check(_ value: LuaValue, _ fields: [APIField], _ place: String, isWhole: Bool = false) throws {
        guard let given = value.fields else { throw wrong(place, APIType.table, value) }
        for (name, item) in given.sorted(by: { $0.key < $1.key }) {
            guard let field = fields.first(where: { $0.name == name }) else {
                let near = nearest(to: name, among: fields.map(\.name)).map { ", did you mean \"\($0)\"?" } ?? ""
                throw LuaError("\(place) has no field \"\(name)\"\(near)")
            }
            try check(item, field, "\(place).\(name)", isWhole: isWhole)
        }
        guard isWhole else { return }
        for field in fields where field.isRequired && given[field.name] == nil {
            throw LuaError("\(place) lacks \(field.name): \(field.meaning)")
        }
    }

    static func check(_ value: LuaValue, _ field: APIField, _ place: String, isWhole: Bool = false) throws {
        guard field.type.includes(value) else { throw wrong(place, field.type, value) }
        if let form = field.form { try check(value, form, place) }
        if let words = field.words, let word = value.text, !words.contains(word) {
            throw LuaError("\(place) is never \"\(word)\"; it is \(words.joined(separator: ", "))")
        }
        guard field.type == .list else {
            if let record = field.record { try check(value, record.fields, place, isWhole: isWhole) }
            return
        }
        for (index, item) in (value.list ?? []).enumerated() {
            let place = "\(place)[\(index + 1)]"
            if let record = field.record { try check(item, record.fields, place, isWhole: isWhole) }
            if let kind = field.items, !kind.includes(item) { throw wrong(place, kind, item) }
        }
    }

    /// - Throws: ``LuaError`` naming the item of a list that has another form.
    static func check(_ value: LuaValue, _ form: APIForm, _ place: String) throws {
        guard !form.includes(value) else { return }
        let wrong = (value.list ?? []).enumerated().first { !form.includes($0.element) }
        let item = wrong.map { "\(place)[\($0.offset + 1)]" } ?? place
        throw LuaError("\(item) has to be \(form.noun), not \((wrong?.element ?? value).shown)")
    }

    private static func wrong(_ place: String, _ type: APIType, _ value: LuaValue) -> LuaError {
        LuaError("\(place) has to be \(type.noun), not \(value.shown)")
    }
}

extension APIType {
    /// Whether a value is of this kind.
    fileprivate func includes(_ value: LuaValue) -> Bool {
        switch self {
        case .boolean: value.bool != nil
        case .integer: value.integer != nil
        case .number, .duration: value.number != nil
        case .string, .text: value.text != nil
        case .list: value.list != nil
        case .table: value.fields != nil
        case .any, .function, .proof, .release: true
        }
    }
}
