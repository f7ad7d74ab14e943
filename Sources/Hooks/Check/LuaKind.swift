/// The kind of a Lua value, as far as reading tells it.
enum LuaKind: String {
    case none = "nil"
    case boolean, number, string, table, function
    case thread = "coroutine"

    /// How a message calls a value of this kind.
    var noun: String { self == .none ? "nil" : "a \(rawValue)" }
}

extension LuaConstant {
    fileprivate var luaKind: LuaKind {
        switch self {
        case .none: .none
        case .bool: .boolean
        case .number: .number
        case .string: .string
        }
    }
}

extension APIType {
    /// The kind of a value of this type; nil where it may be several.
    var kind: LuaKind? {
        switch self {
        case .boolean: .boolean
        case .integer, .number, .duration: .number
        case .string: .string
        case .list, .table: .table
        case .function: .function
        case .any, .proof, .release, .text: nil
        }
    }
}

extension APIType {
    /// The kinds of a value that may be of several; nil where it is of one, or of any.
    var kinds: Set<LuaKind>? {
        switch self {
        case .text: [.string, .number, .none]
        case .proof, .release: [.table, .function, .none]
        default: nil
        }
    }
}

extension ScanValue {
    /// Its kind, where it is not nil, and how messages call it; nil where the kind is not known.
    var kind: (kind: LuaKind, what: String)? {
        switch self {
        case .constant(let constant): (constant.luaKind, constant.shown)
        case .field(let field, let what): field.type.kind.map { ($0, what) }
        case .typed(let kind, let what): (kind, what)
        case .record(_, let what, _), .list(_, let what, _): (.table, what)
        case .rows: (.table, "the answer of run:sql")
        case .row: (.table, "a row")
        case .library(let name, _): (.table, name)
        case .function: (.function, "the function")
        case .global(let path): (.function, path)
        case .run: (.table, "run")
        case .members(let members): (.table, members.what)
        case .unknown, .column, .pastRun, .vars, .files, .method, .verdict, .secret, .nothing: nil
        }
    }
}
