import Testing

@testable import Hooks

@Suite struct `A Lua state` {
    private func echo(memory: Int = 8 << 20) throws -> (LuaState, LuaState.Function) {
        let lua = try LuaState(memory: memory) { name, arguments in
            switch name {
            case "echo": arguments.first ?? .none
            case "fail": throw LuaError("Swift says no")
            default: .none
            }
        }
        let text = "local host = ... return function(what, value) return host(what, value) end"
        return (lua, try #require(try lua.run(text, name: "@t", passingHost: true)))
    }

    @Test(arguments: [
        LuaValue.none, .bool(false), .integer(0), .integer((1 << 53) + 1), .number(0.5), .string([0, 255, 10]),
        .list([.integer(1), .text("a"), .list([.bool(true)])]), .table(["a": .table(["b": .integer(1)])]),
    ])
    func `a value comes back as it went in`(value: LuaValue) throws {
        let (lua, function) = try echo()
        #expect(try lua.call(function, [.text("echo"), value]) == value)
    }

    @Test func `an error of Swift is one of Lua, and can be caught there`() throws {
        let (lua, _) = try echo()
        let text = "local host = ... return function() return select(2, pcall(host, 'fail')) end"
        let function = try #require(try lua.run(text, name: "@t", passingHost: true))
        #expect(try lua.call(function, []) == .text("Swift says no"))
    }

    @Test func `a hundred thousand raising calls leave nothing behind`() throws {
        let (lua, _) = try echo()
        let text = "local host = ... return function() for i = 1, 1000 do pcall(host, 'fail', {i}) end end"
        let function = try #require(try lua.run(text, name: "@t", passingHost: true))
        _ = try lua.call(function, [])
        let before = lua.memory
        for _ in 1...100 { _ = try lua.call(function, []) }
        #expect(lua.memory < before + (256 << 10))
    }

    @Test func `an error has its place and the way there`() throws {
        let (lua, _) = try echo()
        let text =
            "local function inner() local x = nil; return x.y end\nreturn function() local z = inner() return z end"
        let function = try #require(try lua.run(text, name: "@10-a.lua"))
        let error = #expect(throws: LuaError.self) { try lua.call(function, []) }
        #expect(error?.file == "10-a.lua")
        #expect(error?.line == 1)
        #expect(error?.message == "attempt to index a nil value (local 'x')")
        #expect(error?.traceback.contains("10-a.lua:2") == true)
    }

    @Test(arguments: [
        "while true do end",
        "while true do pcall(function() while true do end end) end",
        "local c = coroutine.wrap(function() while true do end end) c()",
        "table.sort({1, 2, 3}, function() while true do end end)",
    ])
    func `an endless loop ends in time`(body: String) throws {
        let (lua, _) = try echo()
        let function = try #require(try lua.run("return function() \(body) end", name: "@t"))
        lua.limit(.milliseconds(50))
        let error = #expect(throws: LuaError.self) { try lua.call(function, []) }
        #expect(error?.cause == .outOfTime)
    }

    @Test(arguments: ["local t = {} while true do t[#t + 1] = ('x'):rep(1000) .. #t end", "return ('x'):rep(1 << 30)"])
    func `memory has an end, and the state goes on`(body: String) throws {
        let (lua, echo) = try echo()
        let function = try #require(try lua.run("return function() \(body) end", name: "@t"))
        let error = #expect(throws: LuaError.self) { try lua.call(function, []) }
        #expect(error?.cause == .outOfMemory)
        #expect(try lua.call(echo, [.text("echo"), .integer(1)]) == .integer(1))
    }

    @Test func `bytecode is refused`() throws {
        let (lua, _) = try echo()
        #expect(throws: LuaError.self) { try lua.run("\u{1b}Lua", name: "@t") }
    }
}
