/// The options of a client that concern its connection, as option files give them.
///
/// Names are those of MariaDB's and MySQL's own clients. Options that a connection of ours sets by itself, such as the
/// character set, are not among them; options of other programs are passed over, as the client library does.
struct ClientOptions: Equatable {
    /// The groups of the client library for MariaDB, and our own.
    static let groups = ["client", "client-server", "client-mariadb", "lvmbackup"]

    var user: String?
    var password: String?
    var host: String?
    var socket: String?
    var port: UInt32?
    /// "tcp" or "socket".
    var transport: String?
    var tls = TLS()
    var pluginDirectory: String?
    var defaultPlugin: String?
    var serverPublicKey: String?
    var bindAddress: String?
    /// Seconds.
    var connectTimeout: UInt32?
    var compresses = false

    /// Settings of TLS.
    struct TLS: Equatable {
        var key: String?
        var certificate: String?
        var authority: String?
        var authorities: String?
        var cipher: String?
        var revocations: String?
        var revocationDirectory: String?
        var versions: String?
        var fingerprint: String?
        /// Nil: over TCP tried first, as MySQL's clients do.
        var isRequired: Bool?
        var verifiesServer: Bool?
        /// Whether a session without TLS is refused.
        ///
        /// By `isRequired` alone, the client library goes on without TLS where the server has none (measured,
        /// Connector/C 3.3.20). MariaDB's clients do so, and MySQL's do not.
        var isEnforced = false

        /// Settings by which TLS is tried; nil where an option forbids it, or requires it already.
        ///
        /// No certificate is checked: the server is proven in another way.
        var tried: TLS? {
            guard isRequired == nil, verifiesServer != true else { return nil }
            var tls = self
            (tls.isRequired, tls.verifiesServer) = (true, false)
            return tls
        }
    }

    /// - Throws: ``MySQLError/optionFile(_:reason:repair:)`` for a value that cannot be used.
    init(_ options: [OptionFiles.Option] = []) throws {
        for option in options { try apply(option) }
    }

    private mutating func apply(_ option: OptionFiles.Option) throws {
        // Programs treat both the same; "loose" asks them to pass over a name that they do not know.
        var name = String(decoding: option.name, as: UTF8.self).split(separator: "_", omittingEmptySubsequences: false)
            .joined(separator: "-")
        if name.hasPrefix("loose-") { name.removeFirst("loose-".count) }
        if let text = Self.texts[name] {
            self[keyPath: text] = try Self.text(option)
        } else if let number = Self.numbers[name] {
            self[keyPath: number] = try Self.number(option)
        } else {
            try applySwitch(name, option)
        }
    }

    private static var texts: [String: WritableKeyPath<ClientOptions, String?>] {
        [
            "user": \.user, "password": \.password, "host": \.host, "socket": \.socket, "ssl-key": \.tls.key,
            "ssl-cert": \.tls.certificate, "ssl-ca": \.tls.authority, "ssl-capath": \.tls.authorities,
            "ssl-cipher": \.tls.cipher, "ssl-crl": \.tls.revocations, "ssl-crlpath": \.tls.revocationDirectory,
            "tls-version": \.tls.versions, "ssl-fp": \.tls.fingerprint, "tls-fp": \.tls.fingerprint,
            "plugin-dir": \.pluginDirectory, "default-auth": \.defaultPlugin, "bind-address": \.bindAddress,
            "server-public-key-path": \.serverPublicKey, "server-public-key": \.serverPublicKey,
        ]
    }

    private static var numbers: [String: WritableKeyPath<ClientOptions, UInt32?>] {
        ["port": \.port, "connect-timeout": \.connectTimeout]
    }

    private mutating func applySwitch(_ name: String, _ option: OptionFiles.Option) throws {
        switch name {
        case "protocol": transport = try Self.transport(option)
        case "compress": compresses = try Self.isOn(option)
        case "skip-compress", "disable-compress": compresses = try !Self.isOn(option)
        case "ssl", "enable-ssl": tls.isRequired = try Self.isOn(option)
        case "skip-ssl", "disable-ssl": tls.isRequired = try !Self.isOn(option)
        case "ssl-verify-server-cert": tls.verifiesServer = try Self.isOn(option)
        case "skip-ssl-verify-server-cert", "disable-ssl-verify-server-cert":
            tls.verifiesServer = try !Self.isOn(option)
        case "ssl-mode": try applyMode(option)
        default: return
        }
    }

    /// MySQL's own spelling of what MariaDB has several options for.
    private mutating func applyMode(_ option: OptionFiles.Option) throws {
        let mode = try Self.text(option)?.uppercased()
        tls.isEnforced = mode == "REQUIRED"
        switch mode {
        case "DISABLED": tls.isRequired = false
        case "PREFERRED": (tls.isRequired, tls.verifiesServer) = (nil, false)
        case "REQUIRED": (tls.isRequired, tls.verifiesServer) = (true, false)
        case "VERIFY_CA", "VERIFY_IDENTITY": (tls.isRequired, tls.verifiesServer) = (true, true)
        default: throw Self.unusable(option, "DISABLED, PREFERRED, REQUIRED, VERIFY_CA or VERIFY_IDENTITY")
        }
    }

    // MARK: Values

    private static func text(_ option: OptionFiles.Option) throws -> String? {
        guard let value = option.value else { return nil }
        guard let text = String(validating: value, as: UTF8.self), !value.contains(0) else {
            throw unusable(option, "text in UTF-8")
        }
        return text
    }

    private static func number(_ option: OptionFiles.Option) throws -> UInt32? {
        guard let text = try text(option), !text.isEmpty else { return nil }
        guard let number = UInt32(text) else { throw unusable(option, "a number") }
        return number
    }

    /// An option without a value is on.
    private static func isOn(_ option: OptionFiles.Option) throws -> Bool {
        switch try text(option)?.lowercased() {
        case nil, "1", "on", "true": true
        case "0", "off", "false": false
        default: throw unusable(option, "1 or 0")
        }
    }

    private static func transport(_ option: OptionFiles.Option) throws -> String? {
        switch try text(option)?.lowercased() {
        case nil, "default": nil
        case "tcp": "tcp"
        case "socket": "socket"
        default: throw unusable(option, "TCP or SOCKET")
        }
    }

    /// The value is not told: it may be a password in the wrong place.
    private static func unusable(_ option: OptionFiles.Option, _ wanted: String) -> MySQLError {
        let name = String(decoding: option.name, as: UTF8.self)
        return .optionFile(option.file, reason: "the value of \"\(name)\" is not \(wanted)")
    }
}
