import Hooks

/// A Lua hook that does nothing, called as its thread calls it.
struct EmptyCall {
    private let lua: LuaState
    private let dispatch: LuaState.Function

    /// - Throws: `LuaError`.
    init() throws {
        // The calls of a file to its host while it is loaded; an empty hook asks for nothing later.
        lua = try LuaState(memory: 64 << 20) { _, _ in .none }
        let entry = try Prelude.hooks.load(into: lua)
        guard let entry else { throw Broken(what: "the prelude") }
        dispatch = entry
        let file = LuaValue.text("backup.before('lock', function(run) end)")
        _ = try lua.call(dispatch, [.text("load"), file, .text("@10-empty.lua")])
    }

    /// - Returns: seconds that one call takes.
    func seconds(count: Int) throws -> Double {
        let arguments: [LuaValue] = [.text("call"), .integer(1), .text("empty/before.lock"), .none]
        return try HookBench.seconds {
            for _ in 0..<count {
                lua.limit(.seconds(30))
                _ = try lua.call(dispatch, arguments)
            }
        } / Double(count)
    }
}
