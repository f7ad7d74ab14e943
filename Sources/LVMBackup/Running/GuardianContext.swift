import MySQL

/// The part of the run's configuration that its guardian needs.
///
/// It travels over a socket, not in arguments: a password may be in it.
struct GuardianContext: Sendable {
    var connection: ConnectionOptions
    var runDirectory: String
    var stateDirectory: String

    init(_ configuration: Configuration) {
        connection = configuration.connectionOptions
        runDirectory = configuration.runDirectory
        stateDirectory = configuration.stateDirectory
    }

    init(_ dictionary: [String: String]) {
        connection = ConnectionOptions(
            defaultsFile: dictionary["defaults-file"],
            user: dictionary["user"],
            password: dictionary["password"],
            host: dictionary["host"],
            socket: dictionary["socket"],
            port: dictionary["port"].flatMap { UInt32($0) }
        )
        runDirectory = dictionary["run-directory"] ?? Configuration().runDirectory
        stateDirectory = dictionary["state-directory"] ?? Configuration().stateDirectory
    }

    /// A configuration with the values that the guardian needs.
    var configuration: Configuration {
        var configuration = Configuration()
        configuration.defaultsFile = connection.defaultsFile
        configuration.user = connection.user
        configuration.password = connection.password.map { Secret($0) }
        configuration.host = connection.host
        configuration.socket = connection.socket
        configuration.port = connection.port.map { Int($0) }
        configuration.runDirectory = runDirectory
        configuration.stateDirectory = stateDirectory
        return configuration
    }

    var asDictionary: [String: String] {
        let pairs: [(String, String?)] = [
            ("defaults-file", connection.defaultsFile),
            ("user", connection.user),
            ("password", connection.password),
            ("host", connection.host),
            ("socket", connection.socket),
            ("port", connection.port.map { String($0) }),
            ("run-directory", runDirectory),
            ("state-directory", stateDirectory),
        ]
        return Dictionary(uniqueKeysWithValues: pairs.compactMap { key, value in value.map { (key, $0) } })
    }
}

extension Configuration {
    /// How the server is reached.
    var connectionOptions: ConnectionOptions {
        ConnectionOptions(
            defaultsFile: defaultsFile,
            user: user,
            password: password?.value,
            host: host,
            socket: socket,
            port: port.map { UInt32($0) }
        )
    }

    /// Where the records of runs are.
    var recordDirectory: String { stateDirectory + "/runs" }
}
