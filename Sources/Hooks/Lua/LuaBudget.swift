/// The limit of all values of one call between Lua and the program.
///
/// A table that holds another one twice is copied twice: thirty such tables in each other are a billion values, and each
/// list of them has only two items. Lua's own memory limit does not count the copies.
struct LuaBudget {
    /// Bytes, as ``cost(of:)`` estimates them.
    static let limit = 64 << 20

    private var left: Int

    init(_ bytes: Int = limit) { left = bytes }

    /// - Throws: ``LuaError`` where the values counted so far are too much.
    mutating func spend(_ bytes: Int) throws {
        left -= bytes
        guard left >= 0 else {
            throw LuaError("the values of one call are too many, or too large: they take over \(Self.limit >> 20) MiB")
        }
    }

    /// Counts a value that is about to be handed to Lua.
    ///
    /// - Throws: ``LuaError``.
    mutating func spend(on value: LuaValue) throws {
        try spend(Self.cost(of: value))
        switch value {
        case .list(let items): for item in items { try spend(on: item) }
        case .table(let fields):
            for (name, item) in fields {
                try spend(name.utf8.count)
                try spend(on: item)
            }
        case .none, .bool, .integer, .number, .string: break
        }
    }

    /// The size of a value without its items: a string's bytes, and 64 bytes for any value.
    static func cost(of value: LuaValue) -> Int {
        if case .string(let bytes) = value { valueSize + bytes.count } else { valueSize }
    }

    /// Bytes, measured for lists of lists; a number alone takes less.
    static let valueSize = 64
}
