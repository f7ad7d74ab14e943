/// An act that a hook should not do.
enum Misdeed: String, CaseIterable {
    case error, loop, memory, pattern, coroutine, handler, finalizer, closing, shown

    /// At the file's own level.
    var head: String {
        guard self == .coroutine else { return "" }
        return "local spin = coroutine.wrap(function() coroutine.yield() while true do end end) spin()"
    }

    /// In the hook's function.
    var body: String {
        switch self {
        case .error: "error('boom')"
        case .loop: "while true do pcall(function() while true do end end) end"
        case .memory: "return ('x'):rep(1 << 30)"
        // Cubic: some tenths of a second, in one call of C.
        case .pattern: "('a'):rep(700):find('.-.-b$')"
        // Made before any call had a deadline.
        case .coroutine: "spin()"
        case .handler: "xpcall(error, function() while true do end end)"
        case .finalizer: "setmetatable({}, { __gc = function() while true do end end })"
        case .closing:
            "local x <close> = setmetatable({}, { __close = function() while true do end end }) error('boom')"
        case .shown: "error(setmetatable({}, { __tostring = function() while true do end end }))"
        }
    }

    /// Seconds: little for what never ends; what ends at once is not to be late on a busy machine.
    var timeout: Double {
        switch self {
        case .error, .memory, .finalizer: 4
        case .loop, .pattern, .coroutine, .handler, .closing, .shown: 0.05
        }
    }

    /// The possible messages about it.
    var messages: [String] {
        // With few processors an interrupted call may be left behind before it gets to its error.
        let late = ["it took longer than 0.05 s", "it did not return within 0.05 s"]
        switch self {
        case .error: return ["boom"]
        case .memory: return ["it needs more than 64 MiB"]
        case .finalizer: return ["__gc is not available to hooks"]
        case .loop, .pattern, .coroutine, .handler, .closing, .shown: return late
        }
    }
}
