import Lifecycle

extension LuaValue {
    /// These fields over those of another table, inner ones too.
    func over(_ base: LuaValue) -> LuaValue {
        guard let fields, let old = base.fields, !(old.isEmpty && list != nil) else { return self }
        return .table(old.merging(fields) { $1.over($0) })
    }

    /// A sample with these fields in place of its own.
    ///
    /// - Throws: ``LuaError`` for a value that the type does not have, or a table that lacks a field.
    func changing<Value: Codable>(_ sample: Value, _ place: String) throws -> Value {
        do { return try over(LuaValue(encoding: sample)).decoded(as: Value.self) } catch let error as DecodingError {
            throw LuaError("\(place)\(error.complaint)")
        }
    }
}

extension DecodingError {
    /// The fault, after the name of the value.
    fileprivate var complaint: String {
        func path(_ context: Context) -> String {
            context.codingPath.map { $0.intValue.map { "[\($0 + 1)]" } ?? ".\($0.stringValue)" }.joined()
        }
        return switch self {
        case .keyNotFound(let key, let context): "\(path(context)) lacks \(key.stringValue)"
        case .valueNotFound(_, let context): "\(path(context)) has to have a value"
        case .typeMismatch(_, let context), .dataCorrupted(let context):
            "\(path(context)) has a value that it never has"
        @unknown default: " cannot be read"
        }
    }
}
