import Foundation
import Testing

/// The figures in which a leak would show, of the kernel and of the processes that outlive the runs.
struct SoakSample: Sendable {
    /// KiB, after the caches have been dropped.
    var available: Int
    /// Memory that is used by neither a file in a tmpfs, nor the server, nor these tests, KiB.
    var unaccounted: Int
    /// Files in a tmpfs, which the guest's root is, KiB.
    var files: Int
    var unreclaimable: Int
    var slab: Int
    var serverResident: Int
    /// The server's own count of allocated memory, KiB.
    var serverUsed: Int
    /// Open descriptors of each process that there is, by its pid.
    var descriptors: [Int32: Int]
    var zombies: [String]
    var devices: Int
    var loops: Int
    var mounts: Int
    var namespaces: Int
    var server: Int32

    /// No command of the lab may run meanwhile.
    static func take(_ host: DatabaseHost) async throws -> SoakSample {
        try await check("sync")
        try "3\n".write(toFile: "/proc/sys/vm/drop_caches", atomically: false, encoding: .utf8)
        try await Task.sleep(for: .seconds(2))
        let memory = try table("/proc/meminfo")
        let server = try host.serverPID
        let used = try await host.query("SHOW GLOBAL STATUS LIKE 'Memory_used'").first?.last
        let available = try #require(memory["MemAvailable"])
        let files = try #require(memory["Shmem"])
        let known = try [server, getpid()].map { try #require(try table("/proc/\($0)/status")["RssAnon"]) }
        return SoakSample(
            available: available,
            unaccounted: try #require(memory["MemTotal"]) - available - files - known.reduce(0, +),
            files: files,
            unreclaimable: try #require(memory["SUnreclaim"]),
            slab: try #require(memory["Slab"]),
            serverResident: try #require(try table("/proc/\(server)/status")["VmRSS"]),
            serverUsed: try #require(used.flatMap { Int($0) }) / 1024,
            descriptors: descriptors(),
            zombies: zombies(),
            devices: try await lines("dmsetup", "ls"),
            loops: try await lines("losetup", "-a"),
            mounts: try String(contentsOfFile: "/proc/self/mountinfo", encoding: .utf8).split(separator: "\n").count,
            namespaces: Set(pids.compactMap { link("/proc/\($0)/ns/mnt") }).count,
            server: server
        )
    }

    private static func lines(_ arguments: String...) async throws -> Int {
        try await check(arguments).split(separator: "\n").count
    }

    /// The numbers of lines such as "Name:   12 kB".
    private static func table(_ path: String) throws -> [String: Int] {
        var values: [String: Int] = [:]
        for line in try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n") {
            let fields = line.split(whereSeparator: \.isWhitespace)
            if fields.count > 1, let value = Int(fields[1]) { values[String(fields[0].dropLast())] = value }
        }
        return values
    }

    private static var pids: [Int32] {
        // Without /proc there is no lab.
        (try? FileManager.default.contentsOfDirectory(atPath: "/proc"))?.compactMap { Int32($0) } ?? []
    }

    /// Nil where the process has ended meanwhile.
    private static func link(_ path: String) -> String? {
        try? FileManager.default.destinationOfSymbolicLink(atPath: path)
    }

    private static func descriptors() -> [Int32: Int] {
        var counts: [Int32: Int] = [:]
        for pid in pids {
            // A process that has ended meanwhile has none.
            counts[pid] = try? FileManager.default.contentsOfDirectory(atPath: "/proc/\(pid)/fd").count
        }
        return counts
    }

    private static func zombies() -> [String] {
        pids.compactMap { pid in
            // A process that has ended meanwhile is no zombie.
            let status = (try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8)) ?? ""
            return status.split(separator: ")").last?.hasPrefix(" Z") == true ? String(status.prefix(60)) : nil
        }
    }
}

/// By how much something may have grown in 180 runs, KiB, beside what was measured in the guest.
enum SoakLimits {
    /// Kernel memory that is never given back: 700 of a snapshot that stays mounted, 330 of a kept one, 12 of a mount
    /// namespace.
    static let unreclaimable = 2 << 10
    /// The server's own count, the load being the same: 131 of a session that stays.
    static let serverUsed = 4 << 10
    /// The allocations at its start, such as its buffer pool of 64 MiB, are touched little by little.
    static let serverResident = 64 << 10
    /// Memory without a known user: 45 of it for each run, less than any process needs.
    static let unaccounted = 8 << 10
    /// LVM archives its metadata in the root, a few files of a page or two for each run; what a run leaves in its own
    /// directories is looked for after each.
    static let files = 8 << 10
}

extension SoakSample {
    /// The figures that have grown by more than they may since an earlier sample.
    func complaints(since before: SoakSample) -> [String] {
        var complaints: [String] = []
        func expect(_ name: String, _ then: Int, _ now: Int, autoextend: Int = 0) {
            if now > then + autoextend { complaints.append("\(name): \(then), then \(now)") }
        }
        expect("devices", before.devices, devices)
        expect("loop devices", before.loops, loops)
        expect("mounts", before.mounts, mounts)
        expect("mount namespaces", before.namespaces, namespaces)
        for (pid, count) in descriptors { expect("descriptors of \(pid)", before.descriptors[pid] ?? count, count) }
        expect("SUnreclaim", before.unreclaimable, unreclaimable, autoextend: SoakLimits.unreclaimable)
        expect("memory of the server", before.serverUsed, serverUsed, autoextend: SoakLimits.serverUsed)
        expect("its resident size", before.serverResident, serverResident, autoextend: SoakLimits.serverResident)
        expect("unaccounted memory", before.unaccounted, unaccounted, autoextend: SoakLimits.unaccounted)
        expect("files in a tmpfs", before.files, files, autoextend: SoakLimits.files)
        if !zombies.isEmpty { complaints.append("zombies: \(zombies)") }
        if server != before.server { complaints.append("another server") }
        return complaints
    }
}
