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
        guard let number = number() else {
            throw MySQLError.replay(reason: "every user number from 61184 to 65519 has an account", advice: nil)
        }
        return Command.User(uid: number, gid: number, groups: group == 0 ? [] : [group])
    }

    /// A group by which a process is told from others of its user; nil where this process is not root, or has no such
    /// number.
    static var group: UInt32? { geteuid() == 0 ? number() : nil }

    private static func number() -> UInt32? {
        // A table that cannot be read maps no number.
        guard let map = try? readFile("/proc/self/gid_map") else { return nil }
        let ranges = String(decoding: map, as: UTF8.self).split(separator: "\n").compactMap { line -> Range<UInt64>? in
            let words = line.split(separator: " ").compactMap { UInt64($0) }
            return words.count == 3 ? words[0]..<words[0] + words[2] : nil
        }
        return (0..<1000).lazy.map { _ in UInt32.random(in: numbers) }.first { number in
            ranges.contains { $0.contains(UInt64(number)) } && getpwuid(number) == nil && getgrgid(number) == nil
        }
    }
}
