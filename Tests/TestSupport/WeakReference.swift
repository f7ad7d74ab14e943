import Synchronization

/// Shows whether an object is still there.
package final class WeakReference<Value: AnyObject & Sendable>: Sendable {
    private struct State { weak var value: Value? }
    private let state = Mutex(State())

    package init() {}

    package func note(_ value: Value) { state.withLock { $0.value = value } }

    package var isGone: Bool { state.withLock { $0.value == nil } }
}
