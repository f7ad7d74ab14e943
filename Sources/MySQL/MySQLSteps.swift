/// The built-in providers for MySQL and MariaDB. One value serves one run: its steps share the session.
public struct MySQLSteps: Sendable {
    public let connect: ConnectStep
    public let flush: FlushStep
    public let lock: LockStep
    public let recover: RecoverStep

    public init(options: MySQLOptions) {
        let context = MySQLContext(options: options)
        connect = ConnectStep(context: context)
        flush = FlushStep(context: context)
        lock = LockStep(context: context)
        recover = RecoverStep(context: context)
    }
}
