/// The built-in providers for MySQL and MariaDB.
///
/// One value serves one run: its steps share the session.
package struct MySQLSteps: Sendable {
    package let connect: ConnectStep
    package let flush: FlushStep
    package let lock: LockStep
    package let recover: RecoverStep

    package init(options: MySQLOptions) {
        let context = MySQLContext(options: options)
        connect = ConnectStep(context: context)
        flush = FlushStep(context: context)
        lock = LockStep(context: context)
        recover = RecoverStep(context: context)
    }
}
