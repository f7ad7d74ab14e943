import ArgumentParser
import LVMBackup

struct ConnectionOptions: ParsableArguments, SettingsGroup {
    @Option(
        help: ArgumentHelp("Option file of MySQL or MariaDB (default: ~/.my.cnf).", valueName: "option-file"),
        completion: .file(extensions: ["cnf"])
    )
    var defaultsFile: String?

    @Option(name: [.customShort("u"), .long], help: ArgumentHelp("User (default: root).", valueName: "user"))
    var user: String?

    @Flag(
        name: [.customShort("p"), .long],
        help: "Prompt for the password. Takes no argument: every user can read a password on the command line."
    )
    var password: Bool = false

    @Option(name: [.customShort("h"), .long], help: ArgumentHelp("Host (default: localhost).", valueName: "host"))
    var host: String?

    @Option(name: [.customShort("S"), .long], help: ArgumentHelp("Socket file.", valueName: "socket-file"))
    var socket: String?

    @Option(name: [.customShort("P"), .long], help: ArgumentHelp("Port (default: 3306).", valueName: "port"))
    var port: Int?

    func fill(_ settings: inout Settings) {
        settings.set(.defaultsFile, defaultsFile)
        settings.set(.user, user)
        settings.set(.host, host)
        settings.set(.socket, socket)
        settings.set(.port, port)
    }
}
