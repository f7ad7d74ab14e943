/// How the server is reached.
///
/// Values that are nil come from the option files, else from Connector/C's defaults.
package struct ConnectionOptions: Sendable, Equatable {
    /// The only option file that is read; nil: the usual ones, `~/.my.cnf` last.
    ///
    /// Groups `client` and `lvmbackup`.
    package var defaultsFile: String?
    package var user: String?
    package var password: String?
    /// "localhost", like nil, means the socket.
    package var host: String?
    package var socket: String?
    package var port: UInt32?
    /// How long connecting may take.
    package var timeout: Duration = .seconds(10)
    /// How much longer name resolution and greeting may take.
    var patience: Duration = .seconds(60)
    var answerLimit = AnswerLimit()

    package init(
        defaultsFile: String? = nil,
        user: String? = nil,
        password: String? = nil,
        host: String? = nil,
        socket: String? = nil,
        port: UInt32? = nil
    ) {
        self.defaultsFile = defaultsFile
        self.user = user
        self.password = password
        self.host = host
        self.socket = socket
        self.port = port
    }
}

extension ConnectionOptions {
    /// Whether only an option file may say where the server is.
    var isUndirected: Bool { socket == nil && port == nil && !isOverTCP }

    /// Whether the server is called by the name or address of a host.
    var isOverTCP: Bool { host != nil && host != "localhost" }

    /// Whether the socket has a name without a file (unix(7)), as MariaDB's `socket=@name`.
    var isAbstract: Bool { !isOverTCP && socket?.hasPrefix("@") == true }
}

extension ConnectionOptions: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// Where the server is looked for, for messages.
    package var description: String {
        if let socket { return "socket \"\(socket)\"" }
        if let host, host != "localhost" { return "\"\(host)\(port.map { ":\($0)" } ?? "")\"" }
        if let defaultsFile { return "the server named in \"\(defaultsFile)\"" }
        return "the local server"
    }

    package var debugDescription: String { description }

    /// The description alone: a dump of the members would show the password.
    package var customMirror: Mirror { Mirror(self, children: ["description": description]) }
}
