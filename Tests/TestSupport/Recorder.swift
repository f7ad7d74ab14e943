import Synchronization

/// Values in the order in which any thread added them.
package final class Recorder<Value: Sendable>: Sendable {
    private let values = Mutex<[Value]>([])

    package init() {}

    package func add(_ value: Value) { values.withLock { $0.append(value) } }

    package var all: [Value] { values.withLock { $0 } }
}

extension Recorder<String> {
    /// The lines that start with `prefix`, without it.
    package func lines(_ prefix: String) -> [String] {
        all.filter { $0.hasPrefix(prefix) }.map { String($0.dropFirst(prefix.count)) }
    }
}
