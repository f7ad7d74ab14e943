package import Archive
package import MySQL

/// A backup set on which a private server runs.
package struct OpenSet: Sendable {
    package let manifest: Manifest
    package let server: PrivateServer
    /// The server's socket, which root alone can reach.
    package var socket: String { server.socket }
    /// The run's id, by which processes are marked.
    package let run: String
    /// The data directory as this process sees it.
    package let data: String
}
