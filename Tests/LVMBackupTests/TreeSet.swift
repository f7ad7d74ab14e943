import Archive
import FoundationEssentials
import Host
import LVMBackup
import Lifecycle
import TestSupport

#if canImport(Glibc)
    import Glibc
#endif

/// A backup set of a small tree with the names of a data directory; gone with this value.
///
/// It needs no server.
final class TreeSet: Sendable {
    static let isPossible = geteuid() == 0

    /// Files that get their names last lie at the top and in a directory; one file is larger than a frame of the archive.
    private static let script = #"""
        mkdir -p shop 'my#sql' '#innodb_redo' empty "deep/$(printf 'raw\377')"
        head -c 200000 /dev/urandom > ibdata1; head -c 70000 /dev/urandom > ib_logfile0; echo dictionary > mysql.ibd
        echo redo > '#innodb_redo/#ib_redo7'; echo undo > undo001; echo control > aria_log_control; : > shop/empty.ibd
        head -c 4500000 /dev/urandom > shop/orders.ibd; ln shop/orders.ibd shop/hard.ibd; ln -s orders.ibd shop/link.ibd
        truncate -s 1M shop/holes.ibd; echo end >> shop/holes.ibd; echo x > "deep/$(printf 'raw\377')/$(printf 'a\nb')"
        for name in $(seq 30); do echo "$name" > "my#sql/$name.frm"; done
        mkfifo fifo; chown 65534:65534 shop/orders.ibd '#innodb_redo'; chmod 500 shop '#innodb_redo'; chmod 711 .
        touch -d '2001-02-03T04:05:06.123456789Z' shop undo001 '#innodb_redo'
        """#

    let scratch: String
    let place: SetPlace
    /// The members of the tree, as ``listing(_:)`` describes them.
    private let members: Set<String>

    var data: String { scratch + "/data" }
    var target: String { scratch + "/target" }
    /// Destination, name and target, for another process.
    var words: [String] { [place.destination, place.name, target] }

    /// - Parameter script: fills the tree, which is the working directory.
    init(_ script: String = TreeSet.script) async throws {
        // Restores wait for the disk again and again, which takes seconds where it is busy.
        let parent = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/var/tmp"
        scratch = try FileSystem.createPrivateDirectory(in: parent, prefix: "lvmbackup-test-")
        let (data, sets) = (scratch + "/data", scratch + "/sets")
        for path in [data, sets] { guard mkdir(path, 0o755) == 0 else { throw CocoaError(.fileWriteUnknown) } }
        try await shell(script, in: data)
        let outcome = await FreshSet.backup(data, to: sets).run()
        guard let name = outcome.set?.location.split(separator: "/").last else {
            throw outcome.failure ?? Failure(.failed, "no set")
        }
        place = SetPlace(destination: sets, name: String(name))
        members = Set(try await Self.listing(data))
    }

    // A leftover fails no test.
    deinit { try? FileManager.default.removeItem(atPath: scratch) }

    /// A restore to ``target``.
    var restore: Restore { Self.restore(place, to: target) }

    static func restore(_ place: SetPlace, to target: String) -> Restore {
        var restore = Restore(.set(place), to: target)
        restore.acceptsAnyServer = true
        return restore
    }

    /// The lines in which the target differs from the tree; the marks of an incomplete restore are not compared.
    func differences() async throws -> [String] {
        let found = Set(try await Self.listing(target))
        return members.subtracting(found).map { "- " + $0 } + found.subtracting(members).map { "+ " + $0 }
    }

    /// Each member with its kind, mode, owner, names, size, time and target, and each file with its checksum.
    static func listing(_ path: String) async throws -> [String] {
        let script = #"""
            find . ! -name '.lvmbackup-*' \( -type d -printf '%p %y %m %U:%G %T@\0' -o -printf '%p %y %m %U:%G %n %s %T@ %l\0' \)
            find . -type f ! -name '.lvmbackup-*' -print0 | xargs -0r b2sum -bz
            """#
        // The target's own times change with the marker.
        return try await shell(script, in: path).split(separator: "\0").map { line in
            line.hasPrefix(". d ") ? line.split(separator: " ").dropLast().joined(separator: " ") : String(line)
        }
    }
}
