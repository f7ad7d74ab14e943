internal import CMariaDB
import Lifecycle
import Synchronization

#if canImport(Glibc)
    import Glibc
#endif

/// One connection of Connector/C.
///
/// Safe to share because every method but ``cut()`` is called on the session's own thread, one at a time. `socket`,
/// which ``cut()`` uses from any thread, has a lock of its own.
final class ClientConnection: @unchecked Sendable {
    private var handle: UnsafeMutablePointer<MYSQL>?
    private let socket = Mutex<Int32?>(nil)
    private var limit = AnswerLimit()
    /// Plug-ins that prove a password without sending it in clear text to any server that asks, and those of the
    /// system.
    ///
    /// `mysql_clear_password` and `dialog` are left out: a forged server would be sent the password.
    private static let plugins = [
        "mysql_native_password", "caching_sha2_password", "sha256_password", "client_ed25519", "parsec",
        "auth_gssapi_client",
    ]
    /// Those of them that never send a password as it is: to a local socket the client library does, for the plug-ins of
    /// MySQL.
    private static let plainPlugins = ["mysql_native_password", "client_ed25519", "parsec", "auth_gssapi_client"]
    /// Bytes: no row of ours is near; a hook's may be.
    private static let largestPacket: UInt = 64 << 20

    /// Opens the connection.
    ///
    /// It never reconnects: a lost session is a lost lock.
    ///
    /// - Throws: ``MySQLError``.
    func open(_ options: ConnectionOptions) throws {
        ClientLibrary.prepare()
        let client = try ClientOptions.read(options.defaultsFile)
        let options = options.completed(by: client)
        do { try connect(options, client) } catch let first as MySQLError
            where first.isMissingSocket && options.isUndirected
        {
            try connect(options, client, trying: WellKnownSockets.present(), after: first)
        }
    }

    /// Tries one socket after the other, where the library's own is not there and no option names another.
    private func connect(
        _ options: ConnectionOptions,
        _ client: ClientOptions,
        trying sockets: [String],
        after first: MySQLError
    ) throws {
        for socket in sockets where socket != first.missingSocket {
            var options = options
            options.socket = socket
            do { return try connect(options, client) } catch let error as MySQLError where error.isMissingSocket {
                continue
            }
        }
        throw first.naming(socketsTried: WellKnownSockets.paths)
    }

    /// Over TCP, TLS is tried first where no option says otherwise: accounts and servers may require it.
    private func connect(_ options: ConnectionOptions, _ client: ClientOptions) throws {
        guard options.isOverTCP, let tls = client.tls.tried else { return try call(options, client) }
        var encrypted = client
        encrypted.tls = tls
        do { try call(options, encrypted) } catch let error as MySQLError where error.isWithoutTLS {
            try call(options, client)
        }
    }

    /// Another program may listen since the last call: each proves its peer.
    private func call(_ options: ConnectionOptions, _ client: ClientOptions) throws {
        let proof = PeerProof(options, client)
        let place = try proof.prove()
        defer { withExtendedLifetime(place) {} }
        guard let handle = mysql_init(nil) else { throw MySQLError.sessionClosed }
        self.handle = handle
        configure(handle, options, client)
        let port = options.port ?? PeerProof.defaultPort
        guard
            mysql_real_connect(
                handle,
                place.host,
                options.user,
                options.password,
                nil,
                port,
                place.path,
                0
            ) != nil
        else {
            let error = MySQLError.connection(
                to: options.description,
                number: mysql_errno(handle),
                message: String(cString: mysql_error(handle))
            )
            close()
            throw error
        }
        do { try check(handle, options, client, proof) } catch {
            close()
            throw error
        }
        forbidReconnecting(handle)
        forbidLocalFiles(handle)
        limit = options.answerLimit
        socket.withLock { $0 = mysql_get_socket(handle) }
    }

    /// Checks the end of an abstract socket, and TLS where it is enforced: the client library does neither.
    private func check(
        _ handle: UnsafeMutablePointer<MYSQL>,
        _ options: ConnectionOptions,
        _ client: ClientOptions,
        _ proof: PeerProof
    ) throws {
        if options.isAbstract { try proof.prove(connection: mysql_get_socket(handle)) }
        guard client.tls.isEnforced, mysql_get_ssl_cipher(handle) == nil else { return }
        let message = "TLS is required, but the server does not support it"
        throw MySQLError.connection(to: options.description, number: 2026, message: message)
    }

    var id: UInt64 { handle.map { UInt64(mysql_thread_id($0)) } ?? 0 }

    /// The descriptor of the socket; nil where the connection is closed.
    var descriptor: Int32? { socket.withLock { $0 } }

    /// Sends a statement and reads its whole answer.
    ///
    /// - Throws: ``MySQLError``.
    func run(_ sql: String) throws -> Rows {
        guard let handle else { throw MySQLError.sessionClosed }
        guard mysql_real_query(handle, sql, UInt(sql.utf8.count)) == 0 else { throw failure(of: sql, handle) }
        guard let result = mysql_use_result(handle) else {
            if mysql_field_count(handle) == 0 { return Rows() }
            throw failure(of: sql, handle)
        }
        defer { mysql_free_result(result) }
        guard let rows = Rows(result, limit) else {
            // Freeing a result reads the rest of it, which may never end.
            cut()
            throw MySQLError.answerTooLarge(sql)
        }
        // The rows end alike where the server ended the statement in their midst.
        guard mysql_errno(handle) == 0 else { throw failure(of: sql, handle) }
        return rows
    }

    func close() {
        socket.withLock { $0 = nil }
        if let handle { mysql_close(handle) }
        handle = nil
    }

    /// Shuts the socket, from any thread: a statement in flight fails, and the server ends the session.
    func cut() {
        socket.withLock { socket in
            if let socket { shutdown(socket, Int32(SHUT_RDWR)) }
        }
    }

    /// The library reads no option file by itself: it reads them in another way than the server's own clients.
    private func configure(
        _ handle: UnsafeMutablePointer<MYSQL>,
        _ options: ConnectionOptions,
        _ client: ClientOptions
    ) {
        if let plugins = ClientLibrary.pluginDirectory { mysql_options(handle, MYSQL_PLUGIN_DIR, plugins) }
        mysql_options(handle, MYSQL_SET_CHARSET_NAME, "utf8mb4")
        var timeout = UInt32(clamping: max(1, options.timeout.components.seconds))
        mysql_options(handle, MYSQL_OPT_CONNECT_TIMEOUT, &timeout)
        client.apply(to: handle)
        let plugins = options.isAbstract ? Self.plainPlugins : Self.plugins
        mysql_options(handle, MARIADB_OPT_RESTRICTED_AUTH, plugins.joined(separator: ","))
        var packet = Self.largestPacket
        mysql_options(handle, MYSQL_OPT_MAX_ALLOWED_PACKET, &packet)
        forbidReconnecting(handle)
        forbidLocalFiles(handle)
    }

    /// A server may answer any statement with a request for one of our files.
    private func forbidLocalFiles(_ handle: UnsafeMutablePointer<MYSQL>) {
        var no: UInt32 = 0
        mysql_options(handle, MYSQL_OPT_LOCAL_INFILE, &no)
    }

    private func forbidReconnecting(_ handle: UnsafeMutablePointer<MYSQL>) {
        var no: my_bool = 0
        mysql_options(handle, MYSQL_OPT_RECONNECT, &no)
    }

    private func failure(of sql: String, _ handle: UnsafeMutablePointer<MYSQL>) -> MySQLError {
        .statement(sql, number: mysql_errno(handle), message: String(cString: mysql_error(handle)))
    }
}

extension Rows {
    /// Copies a whole result; nil where it is larger than the limit.
    fileprivate init?(_ result: UnsafeMutablePointer<MYSQL_RES>, _ limit: AnswerLimit) {
        var limit = limit
        let count = Int(mysql_num_fields(result))
        let fields = UnsafeBufferPointer(start: mysql_fetch_fields(result), count: count)
        columns = fields.map { String(cString: $0.name) }
        kinds = fields.map(Kind.init)
        values = []
        while let row = mysql_fetch_row(result), let lengths = mysql_fetch_lengths(result) {
            let size = (0..<count).reduce(0) { $0 + Int(lengths[$1]) }
            guard limit.admits(rowOf: size, columns: count) else { return nil }
            values.append(
                (0..<count).map { index in
                    row[index].map { text in
                        let bytes = UnsafeRawBufferPointer(start: text, count: Int(lengths[index]))
                        return String(decoding: bytes, as: UTF8.self)
                    }
                }
            )
        }
    }
}

extension Rows.Kind {
    fileprivate init(_ field: MYSQL_FIELD) {
        switch field.type {
        case MYSQL_TYPE_TINY, MYSQL_TYPE_SHORT, MYSQL_TYPE_INT24, MYSQL_TYPE_LONG, MYSQL_TYPE_LONGLONG, MYSQL_TYPE_YEAR:
            self = .integer
        case MYSQL_TYPE_DECIMAL, MYSQL_TYPE_NEWDECIMAL: self = field.decimals == 0 ? .integer : .text
        case MYSQL_TYPE_DOUBLE: self = .double
        default: self = .text
        }
    }
}
