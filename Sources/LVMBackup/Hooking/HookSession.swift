import Lifecycle
import MySQL

/// A session of the hooks': opened when it is first needed, never opened again when it is lost.
actor HookSession {
    private let options: ConnectionOptions
    private let settings: [String]
    private var session: Session?
    private var isCut = false

    /// - Parameter settings: statements that it begins with.
    init(_ options: ConnectionOptions, _ settings: String...) {
        self.options = options
        self.settings = settings
    }

    /// - Throws: `MySQLError`, ``SettingsError`` where it has become another session.
    func prove() async throws {
        guard let session else { throw SettingsError("the lock's session is closed") }
        let id = try await session.query("SELECT CONNECTION_ID()", limit: .seconds(5)).scalar
        guard id == "\(session.id)" else { throw SettingsError("the lock's session has become another one") }
    }

    /// Ends it at once.
    ///
    /// Later callers get none, until ``renew()``: its time has passed.
    func cut() {
        isCut = true
        end()
    }

    func renew() { isCut = false }

    /// Ends it at once; the next statement opens another one.
    func end() {
        session?.cut()
        session = nil
    }

    /// - Throws: `MySQLError`.
    func query(_ sql: String) async throws -> Rows {
        try await opened().query(sql)
    }

    private func opened() async throws -> Session {
        guard !isCut else { throw SettingsError("the session was ended, and no other is opened") }
        if let session { return session }
        let opened = try await Session.open(options, settings: .limits)
        for setting in settings { try await opened.query(setting) }
        guard !isCut else {
            opened.cut()
            throw SettingsError("the session was ended while it was being opened")
        }
        session = opened
        return opened
    }
}
