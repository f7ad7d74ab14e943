internal import CMariaDB

#if canImport(Glibc)
    import Glibc
#endif

extension ClientOptions {
    /// The files that the clients of Debian's and the vendors' packages read; the last one is the user's own.
    private static var standardFiles: [String] {
        ["/etc/my.cnf", "/etc/mysql/my.cnf"] + (home.map { ["\($0)/.my.cnf"] } ?? [])
    }

    /// The home directory; root's is taken from the password database, as any user may have set the variable.
    private static var home: String? {
        if geteuid() != 0, let home = getenv("HOME") { return String(cString: home) }
        return getpwuid(geteuid()).map { String(cString: $0.pointee.pw_dir) }
    }

    /// Reads the option files.
    ///
    /// - Parameter path: the only file that is read, which may be "/dev/null" for none; nil: the usual ones, as far as
    ///   they exist.
    /// - Throws: ``MySQLError/optionFile(_:reason:repair:)``.
    static func read(_ path: String?) throws -> ClientOptions {
        var files = OptionFiles(groups: groups)
        for file in path.map({ $0 == "/dev/null" ? [] : [$0] }) ?? standardFiles.filter({ access($0, F_OK) == 0 }) {
            try files.read(file)
        }
        return try ClientOptions(files.options)
    }

    /// Sets the options that the client library is not given when it connects.
    func apply(to handle: UnsafeMutablePointer<MYSQL>) {
        let texts: [(mysql_option, String?)] = [
            (MYSQL_OPT_SSL_KEY, tls.key), (MYSQL_OPT_SSL_CERT, tls.certificate), (MYSQL_OPT_SSL_CA, tls.authority),
            (MYSQL_OPT_SSL_CAPATH, tls.authorities), (MYSQL_OPT_SSL_CIPHER, tls.cipher),
            (MYSQL_OPT_SSL_CRL, tls.revocations), (MYSQL_OPT_SSL_CRLPATH, tls.revocationDirectory),
            (MARIADB_OPT_TLS_VERSION, tls.versions), (MARIADB_OPT_TLS_PEER_FP, tls.fingerprint),
            (MYSQL_PLUGIN_DIR, pluginDirectory), (MYSQL_DEFAULT_AUTH, defaultPlugin), (MYSQL_OPT_BIND, bindAddress),
            (MYSQL_SERVER_PUBLIC_KEY, serverPublicKey),
        ]
        for case (let option, let text?) in texts { mysql_options(handle, option, text) }
        let switches = [
            (MYSQL_OPT_SSL_ENFORCE, tls.isRequired), (MYSQL_OPT_SSL_VERIFY_SERVER_CERT, tls.verifiesServer),
        ]
        for case (let option, let isOn?) in switches {
            var value: my_bool = isOn ? 1 : 0
            mysql_options(handle, option, &value)
        }
        if compresses { mysql_options(handle, MYSQL_OPT_COMPRESS, nil) }
    }
}

extension ConnectionOptions {
    /// These options, and those of option files where these say nothing.
    func completed(by client: ClientOptions) -> ConnectionOptions {
        var options = self
        options.user = user ?? client.user
        options.password = password ?? client.password
        // A socket that was asked for is not overruled by a host in a file, nor the other way round.
        if socket == nil { options.host = host ?? client.host }
        if host == nil { options.socket = socket ?? client.socket }
        options.port = port ?? client.port
        if let seconds = client.connectTimeout, seconds > 0 { options.timeout = .seconds(seconds) }
        if client.transport == "tcp", socket == nil, options.isLocal {
            (options.host, options.socket) = ("127.0.0.1", nil)
        }
        return options
    }

    private var isLocal: Bool { host == nil || host == "localhost" }
}
