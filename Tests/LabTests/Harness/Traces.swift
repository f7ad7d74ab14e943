import Foundation
import Testing

/// The things that a run could leave behind, as seen from outside.
struct Traces: Sendable, Equatable {
    /// Logical volumes, as group/name.
    var volumes: Set<String>
    /// Mounts in any mount namespace, as "device mountpoint".
    var mounts: Set<String>
    /// Servers and runs, as "pid command".
    var processes: Set<String>
    var temporaryFiles: Set<String>
    /// Files with a lock on them.
    var locks: Set<String>
    var suspendedDevices: Set<String>

    static func now() async throws -> Traces {
        Traces(
            volumes: try await words("lvs", "--noheadings", "-o", "lv_full_name", "-a"),
            mounts: mounts(),
            processes: processes(),
            temporaryFiles: temporaryFiles(),
            locks: try locks(),
            suspendedDevices: try await words(
                "dmsetup",
                "info",
                "-c",
                "--noheadings",
                "-o",
                "name",
                "-S",
                "suspended=Suspended"
            )
        )
    }

    private static func words(_ arguments: String...) async throws -> Set<String> {
        let result = try await Command(arguments).wait()
        try #require(result.status == 0, result.report)
        return Set(result.output.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) })
            .subtracting(["No devices found"])
    }

    private static var pids: [Int32] {
        // Without /proc there is no lab.
        (try? FileManager.default.contentsOfDirectory(atPath: "/proc"))?.compactMap { Int32($0) } ?? []
    }

    /// A file of /proc; empty where its process has ended meanwhile.
    private static func proc(_ pid: Int32, _ name: String) -> String {
        String(decoding: (try? Data(contentsOf: URL(fileURLWithPath: "/proc/\(pid)/\(name)"))) ?? Data(), as: UTF8.self)
    }

    private static func mounts() -> Set<String> {
        var mounts: Set<String> = []
        for pid in pids {
            for line in proc(pid, "mountinfo").split(separator: "\n") {
                let fields = line.split(separator: " ")
                if fields.count > 4 { mounts.insert("\(fields[2]) \(fields[4])") }
            }
        }
        return mounts
    }

    private static func processes() -> Set<String> {
        Set(
            pids.compactMap { pid in
                let command = proc(pid, "cmdline").replacingOccurrences(of: "\0", with: " ")
                let program = command.prefix { $0 != " " }.split(separator: "/").last ?? ""
                return ["lvmbackup", "mariadbd", "mysqld", "lvm", "tar"].contains(program) ? "\(pid) \(command)" : nil
            }
        )
    }

    private static func temporaryFiles() -> Set<String> {
        var files: Set<String> = []
        for directory in ["/tmp", "/var/tmp", "/run", "/var/lib/lvmbackup", Lab.destination, "/mnt", "/var/cache"] {
            let below = FileManager.default.enumerator(atPath: directory)
            while let path = below?.nextObject() as? String { files.insert("\(directory)/\(path)") }
        }
        let isOurs = ["/run/lab/", "/tmp/lab-", "/run/mysqld/", "/run/lvm/", "/run/lock/lvm", "/run/blkid"]
        return files.filter { file in !isOurs.contains { file.hasPrefix($0) } }
    }

    private static func locks() throws -> Set<String> {
        var held: Set<String> = []
        for line in try String(contentsOfFile: "/proc/locks", encoding: .utf8).split(separator: "\n") {
            // "1: POSIX ADVISORY WRITE 4711 fe:01:12 0 EOF"; a server locks its own tables as it opens them.
            let fields = line.split(separator: " ").filter { $0 != "->" }
            guard fields.count > 5, let pid = Int32(fields[4]) else { continue }
            if pid < 0 || !["mariadbd", "mysqld"].contains(where: proc(pid, "comm").hasPrefix) {
                held.insert(String(fields[5]))
            }
        }
        return held
    }
}

extension Traces {
    /// The things that were added since; also those that are missing.
    func changes(since base: Traces) -> [String] {
        var found: [String] = []
        func note(_ what: String, _ things: Set<String>) { found += things.sorted().map { "\(what) \($0)" } }
        note("volume", volumes.subtracting(base.volumes))
        note("missing volume", base.volumes.subtracting(volumes))
        note("mount", mounts.subtracting(base.mounts))
        note("missing mount", base.mounts.subtracting(mounts))
        note("process", processes.subtracting(base.processes))
        note("lock", locks.subtracting(base.locks))
        note("suspended", suspendedDevices)
        note("file", temporaryFiles.subtracting(base.temporaryFiles).filter(isTemporary))
        return found
    }
}

/// Fails for each thing that is there now and was not before, except what is published or kept on purpose.
func expectNoTraces(since before: Traces, keeping kept: [String] = []) async throws {
    let now = try await Traces.now()
    #expect(now.volumes.subtracting(before.volumes).subtracting(kept) == [])
    #expect(now.mounts.subtracting(before.mounts) == [])
    #expect(now.processes.subtracting(before.processes) == [])
    #expect(now.locks.subtracting(before.locks) == [])
    #expect(now.suspendedDevices == [])
    #expect(now.temporaryFiles.subtracting(before.temporaryFiles).filter(isTemporary) == [])
}

/// Whether a file that appeared is none of those that a run is meant to leave.
func isTemporary(_ path: String) -> Bool {
    let meant = ["data.tar", "data.tar.zst", "data.tar.gz", "manifest.json", "index.jsonl", "recovery.log"]
    if path.hasPrefix(Lab.destination + "/") {
        let parts = path.dropFirst(Lab.destination.count + 1).split(separator: "/")
        if parts.count == 1 { return parts[0].contains("partial") || parts[0].hasPrefix(".") }
        return parts.count > 2 || parts[0].contains("partial") || !meant.contains(String(parts[1]))
    }
    // Directories and the lock file of a volume are there for the next run.
    let standing = ["/run/lvmbackup", "/var/lib/lvmbackup", "/var/lib/lvmbackup/runs"]
    return !standing.contains(path) && !(path.hasPrefix("/run/lvmbackup/") && path.hasSuffix(".lock"))
}
