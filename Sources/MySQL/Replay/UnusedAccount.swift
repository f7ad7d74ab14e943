import Host

#if canImport(Glibc)
    import Glibc
#endif

/// A user and a group that no account has, for programs that read untrusted data and own nothing.
///
/// No other process can trace or replace such a program, and it has no right to any file but those of a group.
enum UnusedAccount {
    /// The numbers that systemd takes for the same purpose (systemd.exec(5), "DynamicUser=").
    private static let numbers: ClosedRange<UInt32> = 61_184...65_519

    /// - Parameter group: may be needed to reach a program, as with a directory of `root:mysql` and mode 0750.
    /// - Returns: nil where this process is not root, and has to be the user itself.
    ///
    /// - Throws: ``MySQLError/replay(reason:advice:)`` where every number has an account.
    static func user(alsoIn group: UInt32) throws -> Command.User? {
        guard geteuid() == 0 else { return nil }
        let groups = group == 0 ? [] : [group]
        for _ in 0..<1000 {
            let number = UInt32.random(in: numbers)
            if getpwuid(number) == nil, getgrgid(number) == nil {
                return Command.User(uid: number, gid: number, groups: groups)
            }
        }
        throw MySQLError.replay(reason: "every user number from 61184 to 65519 has an account", advice: nil)
    }
}
