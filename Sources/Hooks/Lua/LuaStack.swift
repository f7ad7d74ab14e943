internal import CLua

/// Moves values to and from Lua's stack, by raw access only, which cannot raise.
struct LuaStack {
    let state: OpaquePointer

    /// How deep tables may be nested; a cycle is deeper than that.
    static let depthLimit = 32

    func push(_ value: LuaValue) {
        switch value {
        case .none: clua_push_nil(state)
        case .bool(let value): clua_push_boolean(state, value)
        case .integer(let value): clua_push_integer(state, value)
        case .number(let value): clua_push_number(state, value)
        case .string(let bytes): clua_push_string(state, bytes, bytes.count)
        case .list(let items): push(items)
        case .table(let fields): push(fields)
        }
    }

    private func push(_ items: [LuaValue]) {
        _ = clua_has_room(state, 4)
        guard !items.isEmpty else { return clua_push_empty_list(state) }
        clua_push_table(state, Int32(clamping: items.count), 0)
        for (index, item) in items.enumerated() {
            push(item)
            clua_set_item(state, Int64(index + 1))
        }
    }

    private func push(_ fields: [String: LuaValue]) {
        _ = clua_has_room(state, 4)
        clua_push_table(state, 0, Int32(clamping: fields.count))
        for (name, value) in fields where !value.isNone {
            push(.text(name))
            push(value)
            clua_set_field(state)
        }
    }

    /// Takes the top off the stack.
    ///
    /// - Throws: ``LuaError`` for a value without a counterpart, such as a function, and for more than a call may hold.
    func pop() throws -> LuaValue {
        defer { clua_pop(state, 1) }
        var budget = LuaBudget()
        return try value(at: clua_top(state), &budget)
    }

    /// The value at a place counted from the bottom.
    ///
    /// - Throws: ``LuaError`` for a value without a counterpart, and where the budget is spent.
    func value(at index: Int32, _ budget: inout LuaBudget, depth: Int = 0) throws -> LuaValue {
        try budget.spend(LuaBudget.valueSize)
        return switch clua_type_at(state, index) {
        case CLUA_NIL: .none
        case CLUA_BOOLEAN: .bool(clua_boolean_at(state, index))
        case CLUA_INTEGER: .integer(clua_integer_at(state, index))
        case CLUA_NUMBER: .number(clua_number_at(state, index))
        case CLUA_STRING: try string(at: index, &budget)
        case CLUA_TABLE: try table(at: index, &budget, depth: depth)
        default: throw LuaError("a function, coroutine or the like cannot be handed over here")
        }
    }

    private func string(at index: Int32, _ budget: inout LuaBudget) throws -> LuaValue {
        var length = 0
        guard let bytes = clua_string_at(state, index, &length) else { return .none }
        try budget.spend(length)
        return .string(Array(UnsafeRawBufferPointer(start: bytes, count: length)))
    }

    private func table(at index: Int32, _ budget: inout LuaBudget, depth: Int) throws -> LuaValue {
        guard depth < Self.depthLimit, clua_has_room(state, 4) else {
            throw LuaError("tables are nested more than \(Self.depthLimit) deep, or contain themselves")
        }
        let count = clua_length_at(state, index)
        guard count > 0 else {
            let fields = try fields(at: index, &budget, depth: depth)
            return clua_is_list_at(state, index) && fields.fields?.isEmpty == true ? .list([]) : fields
        }
        // No room is made beforehand: of a table with gaps Lua may say any length.
        var items: [LuaValue] = []
        for item in 1...count {
            clua_push_item(state, index, item)
            defer { clua_pop(state, 1) }
            items.append(try value(at: clua_top(state), &budget, depth: depth + 1))
        }
        guard keyCount(at: index) <= items.count else {
            throw LuaError("a table has items 1, 2, … and other keys besides: it is neither a list nor named fields")
        }
        return .list(items)
    }

    private func keyCount(at index: Int32) -> Int {
        let bottom = clua_top(state)
        defer { clua_pop(state, clua_top(state) - bottom) }
        var count = 0
        clua_push_nil(state)
        while clua_next(state, index) {
            count += 1
            clua_pop(state, 1)
        }
        return count
    }

    private func fields(at index: Int32, _ budget: inout LuaBudget, depth: Int) throws -> LuaValue {
        let bottom = clua_top(state)
        defer { clua_pop(state, clua_top(state) - bottom) }
        var fields: [String: LuaValue] = [:]
        clua_push_nil(state)
        while clua_next(state, index) {
            let top = clua_top(state)
            guard clua_type_at(state, top - 1) == CLUA_STRING, let name = try string(at: top - 1, &budget).text else {
                throw LuaError("a table has neither items 1, 2, … nor names only")
            }
            fields[name] = try value(at: top, &budget, depth: depth + 1)
            clua_pop(state, 1)
        }
        return .table(fields)
    }
}
