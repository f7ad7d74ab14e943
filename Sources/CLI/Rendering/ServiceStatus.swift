import Glibc
import LVMBackup
import Synchronization

/// Tells systemd how far the run has come, as sd_notify(3) does: `systemctl status` shows it.
final class ServiceStatus: Sendable {
    private let path: String
    private let state = Mutex(ProgressBar.State())

    /// Nil where the process is no service of systemd's.
    init?(environment: [String: String] = ProcessWide.environment) {
        guard let path = environment["NOTIFY_SOCKET"], path.hasPrefix("/") || path.hasPrefix("@") else { return nil }
        self.path = path
    }

    func hear(_ event: Event) {
        let text = state.withLock { state -> String? in
            state.note(event.fact)
            return state.step == nil ? nil : state.words
        }
        if let text { send(text) }
    }

    /// Sends a status.
    ///
    /// It never waits, and systemd's answer does not matter: a run does not depend on it.
    func send(_ text: String) {
        let socket = Glibc.socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard socket >= 0, var address = address() else { return }
        defer { close(socket) }
        let message = Array("STATUS=\(text.printable)".utf8)
        let length = socklen_t(MemoryLayout<sa_family_t>.size + path.utf8.count + (path.hasPrefix("@") ? 0 : 1))
        _ = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                sendto(
                    socket,
                    message,
                    message.count,
                    Int32(MSG_DONTWAIT | MSG_NOSIGNAL),
                    address,
                    length
                )
            }
        }
    }

    /// Nil for a path that no address holds.
    private func address() -> sockaddr_un? {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        var bytes = Array(path.utf8)
        // "@" stands for the zero byte of the abstract name space.
        if path.hasPrefix("@") { bytes[0] = 0 }
        return withUnsafeMutableBytes(of: &address.sun_path) { place in
            guard bytes.count < place.count else { return false }
            place.copyBytes(from: bytes)
            return true
        } ? address : nil
    }
}
