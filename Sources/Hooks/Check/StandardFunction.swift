/// A function of Lua's own libraries: how many arguments it needs, and their kinds.
struct StandardFunction: Sendable {
    let least: Int
    let most: Int?
    /// The kinds of the first arguments; nil: any.
    let kinds: [LuaKind?]

    private init(_ least: Int, _ most: Int?, _ kinds: LuaKind?...) {
        (self.least, self.most, self.kinds) = (least, most, kinds)
    }

    /// - Parameter path: such as "table.concat".
    static func named(_ path: String) -> StandardFunction? { all[path] }

    /// Reference Manual of Lua 5.4, §6.
    private static let all: [String: StandardFunction] = [
        "assert": .init(1, 2), "error": .init(0, 2, nil, .number), "getmetatable": .init(1, 1),
        "ipairs": .init(1, 1, .table), "next": .init(1, 2, .table), "pairs": .init(1, 1, .table),
        "pcall": .init(1, nil, .function), "require": .init(1, 1, .string), "select": .init(1, nil),
        "setmetatable": .init(2, 2, .table, .table), "tonumber": .init(1, 2), "tostring": .init(1, 1),
        "type": .init(1, 1), "xpcall": .init(2, nil, .function, .function),
        "coroutine.close": .init(1, 1, .thread), "coroutine.create": .init(1, 1, .function),
        "coroutine.resume": .init(1, nil, .thread), "coroutine.status": .init(1, 1, .thread),
        "coroutine.wrap": .init(1, 1, .function),
        "math.abs": .init(1, 1, .number), "math.ceil": .init(1, 1, .number), "math.floor": .init(1, 1, .number),
        "math.fmod": .init(2, 2, .number, .number), "math.max": .init(1, nil, .number, .number),
        "math.min": .init(1, nil, .number, .number), "math.random": .init(0, 2, .number, .number),
        "math.sqrt": .init(1, 1, .number), "math.tointeger": .init(1, 1), "math.type": .init(1, 1),
        "os.clock": .init(0, 0), "os.date": .init(0, 2, .string, .number), "os.time": .init(0, 1, .table),
        "string.byte": .init(1, 3, .string, .number), "string.find": .init(2, 4, .string, .string, .number),
        "string.format": .init(1, nil, .string), "string.gmatch": .init(2, 3, .string, .string),
        "string.gsub": .init(3, 4, .string, .string, nil, .number), "string.len": .init(1, 1, .string),
        "string.lower": .init(1, 1, .string), "string.match": .init(2, 3, .string, .string, .number),
        "string.rep": .init(2, 3, .string, .number), "string.reverse": .init(1, 1, .string),
        "string.sub": .init(2, 3, .string, .number, .number), "string.upper": .init(1, 1, .string),
        "table.concat": .init(1, 4, .table, .string), "table.insert": .init(2, 3, .table),
        "table.move": .init(4, 5, .table), "table.remove": .init(1, 2, .table, .number),
        "table.sort": .init(1, 2, .table, .function), "table.unpack": .init(1, 3, .table),
        "utf8.char": .init(0, nil, .number), "utf8.len": .init(1, 4, .string),
    ]
}

extension HookScan {
    /// The arguments of a function of Lua's own.
    ///
    /// - Parameter isMethod: whether the text is before the colon, and not among the arguments.
    func checkStandard(
        _ path: String,
        _ arguments: [LuaExpression],
        _ values: [ScanValue],
        _ line: Int,
        isMethod: Bool = false
    ) {
        guard let function = StandardFunction.named(path) else { return }
        let taken = isMethod ? 1 : 0
        let count = arguments.count + taken
        let isOpen = arguments.last?.isOpen == true
        if count < function.least, !isOpen {
            let needs = function.least == 1 ? "an argument" : "\(function.least) arguments"
            note("\(path) needs \(needs), and gets \(count == 0 ? "none" : "\(count)")", line)
        }
        if let most = function.most, count > most {
            surplus(path, arguments, most, line)
        }
        for (index, wanted) in function.kinds.dropFirst(taken).enumerated() where index < values.count {
            guard let wanted, let (kind, what) = values[index].kind, !Self.passes(kind, for: wanted) else { continue }
            // The loops' own check tells these.
            if ["ipairs", "pairs"].contains(path) { continue }
            note("\(path) takes \(wanted.noun) here, and \(what) is \(kind.noun)", line)
        }
        if path == "table.insert", values.count == 3, let (kind, what) = values[1].kind, kind != .number {
            note("table.insert takes the place before the value, and \(what) is \(kind.noun)", line)
        }
    }

    private func surplus(_ path: String, _ arguments: [LuaExpression], _ most: Int, _ line: Int) {
        if path == "error", case .constant(.string(let text)) = arguments[0], text.contains("%") {
            return note("error takes a text, and no values for it: write error((\"…\"):format(…))", line)
        }
        doubt("\(path) takes \(most == 1 ? "one argument" : "\(most) arguments"), and drops the others", line)
    }

    /// Lua makes texts of numbers, and numbers of texts, where it can.
    private static func passes(_ kind: LuaKind, for wanted: LuaKind) -> Bool {
        // An argument that may be left out may be nil.
        [wanted, .none].contains(kind) || Set([wanted, kind]) == [.number, .string]
    }
}

extension LuaExpression {
    /// Whether it may stand for any number of values, as the last one of a list.
    var isOpen: Bool {
        switch self {
        case .vararg, .call, .method: true
        default: false
        }
    }
}
