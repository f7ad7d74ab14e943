import Lifecycle

extension LuaValue {
    /// These fields over those of another table, inner ones too.
    func over(_ base: LuaValue) -> LuaValue {
        guard let fields, let old = base.fields, !(old.isEmpty && list != nil) else { return self }
        return .table(old.merging(fields) { $1.over($0) })
    }

    /// What of these fields another table lacks; nil: nothing.
    func fieldMissing(from other: LuaValue, _ place: String) -> String? {
        guard case .table(let fields) = self, let others = other.fields else { return nil }
        for (name, value) in fields.sorted(by: { $0.key < $1.key }) {
            guard let counterpart = others[name] else {
                let near = nearest(to: name, among: others.keys.sorted()).map { ", did you mean \"\($0)\"?" } ?? ""
                return "\(place) has no field \"\(name)\"\(near)"
            }
            if let missing = value.fieldMissing(from: counterpart, "\(place).\(name)") { return missing }
        }
        return nil
    }

    /// A sample with these fields in place of its own.
    ///
    /// - Throws: ``LuaError`` for a field that the type does not have, or of another kind.
    func changing<Value: Codable>(_ sample: Value, _ place: String) throws -> Value {
        let changed: Value
        do {
            changed = try over(LuaValue(encoding: sample)).decoded(as: Value.self)
        } catch DecodingError.typeMismatch(_, let context), DecodingError.dataCorrupted(let context) {
            let path = context.codingPath.map(\.stringValue).joined(separator: ".")
            throw LuaError("\(place)\(path.isEmpty ? "" : ".\(path)") is of another kind: \(context.debugDescription)")
        }
        if let missing = fieldMissing(from: try LuaValue(encoding: changed), place) { throw LuaError(missing) }
        return changed
    }
}
