/// A statement that was sent, its time and its error.
package struct StatementRecord: Sendable, Equatable {
    package var sql: String
    /// Seconds from sending it to its answer.
    package var seconds: Double
    /// Nil where it succeeded.
    package var error: String?

    package init(sql: String, seconds: Double, error: String? = nil) {
        self.sql = sql
        self.seconds = seconds
        self.error = error
    }
}

/// Gets every statement of a session, on the session's thread.
package typealias StatementLog = @Sendable (StatementRecord) -> Void
