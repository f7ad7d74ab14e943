internal import CLua
import Dispatch
import Lifecycle

/// A Lua state; for one thread alone, but for ``cancel()``.
package final class LuaState {
    /// A function of Lua that stays.
    package struct Function: Hashable { let kept: Int32 }

    package typealias Host = (_ name: String, _ arguments: [LuaValue]) throws -> LuaValue

    private let state: OpaquePointer
    private let box: Box

    /// The function that Lua calls, found again from C.
    private final class Box {
        let host: Host

        init(_ host: @escaping Host) { self.host = host }
    }

    /// - Parameter memory: bytes that Lua code may allocate.
    /// - Throws: ``LuaError`` without memory.
    package init(memory: Int, host: @escaping Host) throws {
        box = Box(host)
        let opened = clua_open(
            memory,
            { context, state in
                guard let context, let state else { return false }
                return LuaState.callHost(Unmanaged<Box>.fromOpaque(context).takeUnretainedValue(), state)
            },
            Unmanaged.passUnretained(box).toOpaque()
        )
        guard let opened else { throw LuaError("not enough memory for a Lua state") }
        state = opened
    }

    deinit { clua_close(state) }

    /// Returns to C in order; it is C that raises.
    private static func callHost(_ box: Box, _ state: OpaquePointer) -> Bool {
        let stack = LuaStack(state: state)
        _ = clua_has_room(state, 8)
        do {
            var budget = LuaBudget()
            var arguments: [LuaValue] = []
            for index in 0..<clua_top(state) { arguments.append(try stack.value(at: index + 1, &budget)) }
            guard let name = arguments.first?.text else { throw LuaError("a call without a name") }
            let answer = try box.host(name, Array(arguments.dropFirst()))
            var answerBudget = LuaBudget()
            try answerBudget.spend(on: answer)
            stack.push(answer)
            return true
        } catch {
            stack.push(.text(Failure(error).message))
            return false
        }
    }

    /// Compiles a chunk and runs it; its result has to be a function, or none.
    ///
    /// - Throws: ``LuaError``.
    package func run(_ text: String, name: String, passingHost: Bool = false, _ arguments: [LuaValue] = []) throws
        -> Function?
    {
        let bytes = Array(text.utf8)
        let ending = bytes.withUnsafeBytes {
            clua_load(state, $0.baseAddress?.assumingMemoryBound(to: CChar.self), $0.count, name)
        }
        guard ending == CLUA_OK else { throw error(ending) }
        if passingHost { clua_push_host(state) }
        for argument in arguments { LuaStack(state: state).push(argument) }
        try call(arguments: arguments.count + (passingHost ? 1 : 0))
        guard clua_type_at(state, clua_top(state)) == CLUA_FUNCTION else {
            clua_pop(state, 1)
            return nil
        }
        return Function(kept: clua_keep(state))
    }

    /// Calls a function.
    ///
    /// - Throws: ``LuaError``.
    package func call(_ function: Function, _ arguments: [LuaValue]) throws -> LuaValue {
        clua_push_kept(state, function.kept)
        for argument in arguments { LuaStack(state: state).push(argument) }
        try call(arguments: arguments.count)
        return try LuaStack(state: state).pop()
    }

    private func call(arguments: Int) throws {
        let ending = clua_call(state, Int32(arguments))
        guard ending == CLUA_OK else { throw error(ending) }
    }

    private func error(_ ending: clua_ending) -> LuaError {
        // An unreadable value is at least an error.
        let value = (try? LuaStack(state: state).pop()) ?? .none
        switch ending {
        case CLUA_OUT_OF_TIME: return LuaError(value, .outOfTime)
        case CLUA_OUT_OF_MEMORY:
            var error = LuaError(value, .outOfMemory)
            let file = String(cString: clua_seen_file(state))
            if !file.isEmpty { (error.file, error.line) = (file, Int(clua_seen_line(state))) }
            return error
        default: return LuaError(value, .raised)
        }
    }

    /// From now on Lua code is ended at this time; nil: it is not.
    package func limit(_ time: Duration?) {
        let deadline = time.map { UInt64(max(0, $0 / .nanoseconds(1))) + DispatchTime.now().uptimeNanoseconds }
        clua_set_deadline(state, deadline ?? 0)
    }

    /// Ends the Lua code that runs; from any thread.
    var cancel: @Sendable () -> Void {
        // Only an atomic flag of it is set; the caller keeps the state alive.
        nonisolated(unsafe) let state = state
        return { clua_cancel(state) }
    }

    /// The line of the hook's code that is calling; 0 where none is.
    var line: Int { Int(clua_line(state)) }

    /// Bytes that are allocated.
    var memory: Int { clua_memory(state) }
}
