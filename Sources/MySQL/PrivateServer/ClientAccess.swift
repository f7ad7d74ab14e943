import Host
package import Lifecycle

/// The access of programs to a private server.
extension PrivateServer {
    /// Product, version and settings of the server that was backed up.
    package var recorded: Server { plan.server }

    /// The first options of a program of the server's packages: no option file leads it elsewhere.
    package var clientOptions: [String] { ["--no-defaults", "--socket=" + socket, "--user=root"] }

    /// The environment for a user's own program.
    ///
    /// The client library and the programs of both products read `MYSQL_HOME/my.cnf` after the option files in /etc,
    /// which may name the live server's socket.
    package var clientEnvironment: [String: String] {
        ["MYSQL_UNIX_PORT": socket, "MYSQL_HOME": clientHome, "MARIADB_HOME": clientHome, "LVMBACKUP_SOCKET": socket]
    }

    /// - Throws: `HostError`.
    static func writeClientOptions(_ socket: String, in home: HeldDirectory) throws {
        let client = "[client]\nsocket=\(socket)\nhost=localhost\nuser=root\n[client-mariadb]\nsocket=\(socket)\n"
        // See `UserProgram`: the group of the interactive clients of both products.
        let text = client + "[mysql]\nlocal-infile=0\n"
        try home.create("my.cnf").write(Array(text.utf8), at: 0)
    }
}
