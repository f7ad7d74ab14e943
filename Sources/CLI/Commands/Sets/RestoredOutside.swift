import Archive
import LVMBackup

/// What an operator does with restored data outside the data directory, and with symbolic links that a restore left out.
struct RestoredOutside {
    let report: RestoreReport
    /// The restored data directory.
    let top: String

    private static let prefix = "./.lvmbackup/outside"
    private static let mostTold = 5

    /// The places on the server's host.
    private var paths: [String] {
        let missing = Set(report.leftOut.map(\.name))
        return (report.manifest?.archive?.outside ?? []).filter { !missing.contains(Self.prefix + $0) }
    }

    /// The steps that bring the data to its places.
    ///
    /// No command changes a directory that is there: neither its members, if they have other names, nor its owner, mode
    /// and times. Missing ones are made as they were.
    var moves: [String] {
        let paths = paths
        guard !paths.isEmpty else { return [] }
        let names = Set(paths.compactMap { $0.split(separator: "/").first.map { quotedForShell("./\($0)") } })
        let trees = names.sorted().joined(separator: " ")
        let rest = paths.count > Self.mostTold ? ", and \(paths.count - Self.mostTold) more" : ""
        let told = paths.prefix(Self.mostTold).map { "\"\($0)\"" }.joined(separator: ", ")
        let own = quotedForShell(top + "/.lvmbackup")
        return [
            "put the data outside the data directory in its places, from which the old data is gone: \(told)\(rest)",
            "  cd \(own)/outside",
            "  find \(trees) -type d -print0 | tar -c --null --no-recursion -T - "
                + "| tar -xp -C / --no-overwrite-dir --keep-directory-symlink",
            "  find \(trees) ! -type d -exec sh -c 'for f; do mv -T \"$f\" \"/$f\"; done' sh {} +",
            "  cd - && find \(own) -depth -type d -empty -delete",
        ]
    }

    /// The commands that make the links again.
    var links: [String] {
        let links = report.leftOut.compactMap { member in member.link.map { (member.name, $0) } }
        guard !links.isEmpty else { return [] }
        let commands = links.map { name, target in
            let isOutside = name.hasPrefix(Self.prefix + "/")
            let path = isOutside ? String(name.dropFirst(Self.prefix.count)) : top + name.dropFirst()
            return "  ln -sT \(quotedForShell(target)) \(quotedForShell(path))"
        }
        let rest = report.leftOutCount - report.leftOut.count
        return ["make the symbolic links again that were left out:"] + commands
            + (rest > 0 ? ["  \(rest) more members were left out: compare with \"tar -tvf\" of the archive"] : [])
    }
}
