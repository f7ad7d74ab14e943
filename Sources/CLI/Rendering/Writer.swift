import Host

/// Writes on a thread of its own: a terminal that is stopped, or a reader that is slow, holds up nothing else.
struct Writer: Sendable {
    private let thread: SerialThread

    init(name: String) { thread = SerialThread(name: name) }

    func write(_ act: @escaping @Sendable () -> Void) async {
        do {
            try await thread.run { act() }
        } catch {
            // There is no thread to be had: better written late than never.
            act()
        }
    }
}
