import FoundationEssentials
import Synchronization

/// `run.vars`: values that hooks hand to later hooks, whose files may be others.
///
/// Each part is reached by its path: the keys, names and numbers, that lead to it.
final class SharedVariables: Sendable {
    /// Bytes of all of them as JSON: they are outside of the memory that Lua is allowed.
    static let sizeLimit = 16 << 20

    private struct State {
        var values = LuaValue.table([:])
        /// Bytes that the values take at most: replaced values count until the limit is reached.
        var size = 0
    }

    private let state = Mutex(State())

    func value(at path: [LuaValue]) -> LuaValue {
        state.withLock { state in path.reduce(state.values) { $0.item(at: $1) } }
    }

    /// - Throws: ``LuaError`` where all of them would be too large, or there is no table to put the value into.
    func set(_ path: [LuaValue], _ value: LuaValue) throws {
        let added = try Self.size(of: value) + path.reduce(0) { $0 + LuaBudget.cost(of: $1) }
        try state.withLock { state in
            var values = state.values
            try values.set(path[...], value)
            var size = state.size + added
            if size > Self.sizeLimit { size = try Self.size(of: values) }
            guard size <= Self.sizeLimit else { throw LuaError("run.vars hold at most \(Self.sizeLimit >> 20) MiB") }
            (state.values, state.size) = (values, size)
        }
    }

    private static func size(of value: LuaValue) throws -> Int {
        do { return try JSONEncoder().encode(value).count } catch {
            throw LuaError("run.vars hold neither infinite numbers nor nan")
        }
    }
}

extension LuaValue {
    /// The item of a list or table under a key of Lua; none where there is none.
    fileprivate func item(at key: LuaValue) -> LuaValue {
        if let index = key.integer, case .list(let items) = self {
            return items.indices.contains(Int(clamping: index) - 1) ? items[Int(clamping: index) - 1] : .none
        }
        return key.text.map { self[$0] } ?? .none
    }

    /// Replaces the part at a path; nil removes it.
    ///
    /// - Throws: ``LuaError`` where a table would have both items and names, or a list a gap.
    fileprivate mutating func set(_ path: ArraySlice<LuaValue>, _ value: LuaValue) throws {
        guard let key = path.first else {
            self = value
            return
        }
        var item = item(at: key)
        try item.set(path.dropFirst(), value)
        if let index = key.integer, let items = list {
            self = .list(try Self.replacing(Int(clamping: index), in: items, by: item))
        } else if let name = key.text, var fields {
            fields[name] = item.isNone ? nil : item
            self = .table(fields)
        } else if isNone {
            throw LuaError("run.vars: the table that this belongs to was removed")
        } else {
            throw LuaError("a table of run.vars has either items 1, 2, … or names, not both")
        }
    }

    private static func replacing(_ index: Int, in items: [LuaValue], by item: LuaValue) throws -> [LuaValue] {
        var items = items
        if item.isNone {
            if index == items.count {
                items.removeLast()
            } else if items.indices.contains(index - 1) {
                throw LuaError("item \(index) of a list cannot be removed before the later ones: use table.remove")
            }
        } else if items.indices.contains(index - 1) {
            items[index - 1] = item
        } else {
            guard index == items.count + 1 else {
                throw LuaError(
                    "a list of \(items.count) items has no place \(index): the next one is \(items.count + 1)"
                )
            }
            items.append(item)
        }
        return items
    }
}
