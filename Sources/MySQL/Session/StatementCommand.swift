import Lifecycle

/// How an operator sends a statement to the server from a shell.
enum StatementCommand {
    /// The command of the client that every server brings.
    static func text(_ statement: String) -> String { "mysql -e \(quotedForShell(statement))" }
}
