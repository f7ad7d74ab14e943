/// A statement that was sent, its time and its error.
public struct StatementRecord: Sendable, Equatable {
    public var sql: String
    /// Seconds from sending it to its answer.
    public var seconds: Double
    /// Nil where it succeeded.
    public var error: String?

    public init(sql: String, seconds: Double, error: String? = nil) {
        self.sql = sql
        self.seconds = seconds
        self.error = error
    }
}

/// Gets every statement of a session, on the session's thread.
public typealias StatementLog = @Sendable (StatementRecord) -> Void
