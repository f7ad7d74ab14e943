internal import CMariaDB
import Glibc
import Host

/// Connector/C as a part of somebody's program: how that handles SIGPIPE is the program's own affair.
enum ClientLibrary {
    /// Makes the library ready for a session of the calling thread, which has to be the session's own.
    static func prepare() {
        _ = library
        blockBrokenPipes()
    }

    /// The authentication plug-ins of a private copy of the library, which lie beside it: those of the system belong to
    /// another release, or are missing.
    ///
    /// Nil for the system's own library, which knows its place.
    static let pluginDirectory = SharedLibrary(defining: "mysql_init")?.sibling("plugin")

    /// Set up once, by one thread; that makes the whole process ignore SIGPIPE, which is taken back.
    private static let library = {
        var disposition = sigaction()
        sigaction(SIGPIPE, nil, &disposition)
        defer { sigaction(SIGPIPE, &disposition, nil) }
        return mysql_server_init(0, nil, nil)
    }()

    /// OpenSSL writes without MSG_NOSIGNAL.
    ///
    /// The signal that a server causes by hanging up stays with this thread, and is gone with it.
    private static func blockBrokenPipes() {
        var signals = sigset_t()
        sigemptyset(&signals)
        sigaddset(&signals, SIGPIPE)
        pthread_sigmask(SIG_BLOCK, &signals, nil)
    }
}
