internal import CLinux

#if canImport(Glibc)
    import Glibc
#endif

/// The processes of the machine, as /proc shows them.
///
/// A process may end at any moment: a process whose files cannot be read any more counts as gone.
package struct ProcessTable: Sendable {
    private let root: String

    /// - Parameter root: another directory than /proc, for tests.
    package init(root: String = "/proc") { self.root = root }

    package var pids: [Int32] {
        get throws { try listDirectory(root).compactMap { Int32($0) } }
    }

    // MARK: One process

    /// Field 22 of `/proc/PID/stat`: clock ticks since boot; nil where there is no such process.
    ///
    /// - Throws: ``HostError/malformed(_:reason:)``.
    package func startTime(of pid: Int32) throws -> UInt64? { try lineage(of: pid)?.start }

    /// Where a process comes from, as `/proc/PID/stat` tells; nil where there is no such process.
    ///
    /// - Throws: ``HostError/malformed(_:reason:)``.
    func lineage(of pid: Int32) throws -> ProcessLineage? {
        // Unreadable means ended.
        guard let bytes = try? readFile("\(root)/\(pid)/stat") else { return nil }
        // The command's name, in parentheses, may itself hold blanks and parentheses.
        guard let end = bytes.lastIndex(of: UInt8(ascii: ")")) else {
            throw HostError.malformed("\(root)/\(pid)/stat", reason: "no command name")
        }
        let fields = bytes[(end + 1)...].split(separator: UInt8(ascii: " ")).map { String(decoding: $0, as: UTF8.self) }
        guard fields.count > 19, let start = UInt64(fields[19]) else {
            throw HostError.malformed("\(root)/\(pid)/stat", reason: "no start time")
        }
        guard let parent = Int32(fields[1]), let group = Int32(fields[2]) else {
            throw HostError.malformed("\(root)/\(pid)/stat", reason: "no parent or process group")
        }
        return ProcessLineage(parent: parent, group: group, start: start)
    }

    /// Whether it is this process, or has been started by it or by such a process.
    ///
    /// - Throws: ``HostError/malformed(_:reason:)``.
    func isDescendant(_ pid: Int32) throws -> Bool {
        var next = pid
        for _ in 0..<256 {
            if next == getpid() { return true }
            guard next > 1, let lineage = try lineage(of: next) else { return false }
            next = lineage.parent
        }
        return false
    }

    /// Its process group; nil where there is no such process.
    ///
    /// - Throws: ``HostError/malformed(_:reason:)``.
    package func group(of pid: Int32) throws -> Int32? { try lineage(of: pid)?.group }

    /// Whether that very process still exists, and not another one with its number.
    package func isAlive(pid: Int32, startTime: UInt64) throws -> Bool {
        try self.startTime(of: pid) == startTime
    }

    /// The command's name as the kernel keeps it, at most 15 bytes.
    package func command(of pid: Int32) -> String? { try? readText("\(root)/\(pid)/comm") }  // unreadable means ended

    /// The path of the executable, without the kernel's note that it was deleted.
    package func executable(of pid: Int32) -> String? {
        guard let path = link("exe", of: pid) else { return nil }
        let note = " (deleted)"
        return path.hasSuffix(note) ? String(path.dropLast(note.count)) : path
    }

    /// The target of a link of its directory in /proc; nil where it has ended.
    ///
    /// The first of its threads may have ended alone, and has none then.
    private func link(_ name: String, of pid: Int32) -> String? {
        if let target = readLink("\(root)/\(pid)/\(name)") { return target }
        return threads(of: pid).lazy.compactMap { readLink("\(root)/\(pid)/task/\($0)/\(name)") }.first
    }

    /// The last part of the executable's path.
    package func executableName(of pid: Int32) -> String? {
        executable(of: pid)?.pathComponents.last
    }

    /// The effective user and group.
    package func credentials(of pid: Int32) -> (uid: UInt32, gid: UInt32)? {
        // Unreadable means ended.
        guard let status = try? readText("\(root)/\(pid)/status") else { return nil }
        func effective(_ key: String) -> UInt32? {
            let line = status.split(separator: "\n").first { $0.hasPrefix(key) }
            return line?.split(whereSeparator: \.isWhitespace).dropFirst(2).first.flatMap { UInt32($0) }
        }
        guard let uid = effective("Uid:"), let gid = effective("Gid:") else { return nil }
        return (uid, gid)
    }

    /// Whether it has this process's user: another user's program may have any name, and any path of its own.
    package func isOwn(_ pid: Int32) -> Bool { credentials(of: pid)?.uid == geteuid() }

    /// Whether one of its users is not root.
    ///
    /// A set-user-ID program that another user has started keeps that as its real one.
    func hasOtherUser(_ pid: Int32) -> Bool {
        // Unreadable means ended.
        guard let status = try? readText("\(root)/\(pid)/status"),
            let line = status.split(separator: "\n").first(where: { $0.hasPrefix("Uid:") })
        else { return false }
        return line.split(whereSeparator: \.isWhitespace).dropFirst().contains { $0 != "0" }
    }

    /// Its supplementary groups.
    package func groups(of pid: Int32) -> [UInt32] {
        // Unreadable means ended.
        guard let status = try? readText("\(root)/\(pid)/status"),
            let line = status.split(separator: "\n").first(where: { $0.hasPrefix("Groups:") })
        else { return [] }
        return line.split(whereSeparator: \.isWhitespace).dropFirst().compactMap { UInt32($0) }
    }

    /// The run that the process was started for, as its environment says; nil for none.
    ///
    /// Only processes of one user count: a set-user-ID program may have got the environment of its caller.
    ///
    /// - Parameter patience: milliseconds that may still be spent on waiting for processes of other users, which can hide
    ///   their environment for ever.
    func run(of pid: Int32, patience: inout Int) -> String? {
        // Unreadable means ended, or another user's.
        guard let status = try? readText("\(root)/\(pid)/status"),
            let users = status.split(separator: "\n").first(where: { $0.hasPrefix("Uid:") }),
            Set(users.split(whereSeparator: \.isWhitespace).dropFirst()).count == 1,
            let environment = environment(of: pid, patience: &patience)
        else { return nil }
        let prefix = Array("\(RunProcesses.variable)=".utf8)
        let word = environment.split(separator: 0).first { $0.starts(with: prefix) }
        return word.map { String(decoding: $0.dropFirst(prefix.count), as: UTF8.self) }
    }

    /// A process in the middle of exec has no environment and no arguments yet, while its descriptors are closed
    /// already (measured, Linux 6.18).
    ///
    /// It is looked at until it has them, for 100 ms at most.
    private func environment(of pid: Int32, patience: inout Int) -> [UInt8]? {
        for _ in 0..<100 {
            // Unreadable means ended.
            guard let environment = try? readFile("\(root)/\(pid)/environ") else { return nil }
            // The kernel's own threads have neither, and no executable.
            guard environment.isEmpty, isWithoutArguments(pid), executable(of: pid) != nil else { return environment }
            // All threads have the same one, but the first may have ended alone.
            if let thread = threads(of: pid).first {
                // Unreadable means ended.
                return try? readFile("\(root)/\(pid)/task/\(thread)/environ")
            }
            if !isOwn(pid) {
                guard patience > 0 else { return [] }
                patience -= 1
            }
            usleep(1000)
        }
        return []
    }

    private func isWithoutArguments(_ pid: Int32) -> Bool {
        // Unreadable means ended.
        (try? readFile("\(root)/\(pid)/cmdline"))?.isEmpty ?? false
    }

    /// The inode number of a namespace of the process, such as "mnt" or "pid".
    package func namespace(_ kind: String, of pid: Int32) -> UInt64? {
        guard let link = link("ns/\(kind)", of: pid) else { return nil }
        return link.split(separator: "[").last.flatMap { UInt64($0.dropLast()) }
    }

    /// The files that the process has open, by descriptor.
    package func openFiles(of pid: Int32) -> [Int32: FileIdentity] {
        let directory = "\(root)/\(pid)/fd"
        // Unreadable means ended.
        let names = (try? listDirectory(directory)) ?? []
        return names.reduce(into: [:]) { files, name in
            guard let number = Int32(name) else { return }
            // Closed in between.
            files[number] = try? FileIdentity(of: "\(directory)/\(name)")
        }
    }

    /// The names of its descriptors in `/proc`: paths, and names of other things.
    package func openPaths(of pid: Int32) -> Set<String> {
        let directory = "\(root)/\(pid)/fd"
        // Unreadable means ended, or closed in between.
        return Set(((try? listDirectory(directory)) ?? []).compactMap { readLink("\(directory)/\($0)") })
    }

    package func mounts(of pid: Int32) -> MountInfo? {
        // Unreadable means ended.
        try? MountInfo(parsing: readFile("\(root)/\(pid)/mountinfo"))
    }

    /// Whether the process has a descriptor whose link in /proc is a wanted one.
    ///
    /// - Parameter deadline: a process may have a million descriptors, and share them with thousands of others.
    /// - Throws: ``HostError/malformed(_:reason:)`` where the deadline passes first.
    package func hasOpen(
        _ pid: Int32,
        until deadline: ContinuousClock.Instant,
        _ isWanted: (_ link: String) -> Bool
    ) throws -> Bool {
        var (isFound, isLate, seen) = (false, false, 0)
        // Unreadable means ended.
        try? visitDirectory("\(root)/\(pid)/fd") { name in
            seen += 1
            isLate = seen % 256 == 1 && ContinuousClock.now > deadline
            isFound = !isLate && isWanted("\(root)/\(pid)/fd/\(name)")
            return !isFound && !isLate
        }
        guard !isLate else {
            throw HostError.malformed("\(root)/\(pid)/fd", reason: "there was no time to look at all open files")
        }
        return isFound
    }

    // MARK: All of them

    /// The processes that have a device mounted, in any namespace, or hold files on it open.
    ///
    /// - Parameter limit: the time for the search. Processes are looked at in no order, so that many of another user do
    ///   not always hide the same ones.
    package func holders(of device: DeviceNumber, limit: Duration = .seconds(10)) throws -> [Holder] {
        let deadline = ContinuousClock.now + limit
        return try pids.shuffled().prefix { _ in ContinuousClock.now < deadline }.compactMap { pid in
            guard let grip = grip(of: pid, on: device, until: deadline) else { return nil }
            return Holder(pid: pid, command: command(of: pid) ?? "?", grip: grip)
        }.sorted { $0.pid < $1.pid }
    }

    private func grip(of pid: Int32, on device: DeviceNumber, until deadline: ContinuousClock.Instant) -> Holder.Grip? {
        if let file = heldFile(of: pid, on: device, until: deadline) { return .file(file) }
        guard let entry = mounts(of: pid)?.entries(of: device).first else { return nil }
        return .mount(entry.mountPoint)
    }

    /// A file system on the device, or the device node itself.
    ///
    /// - Parameter deadline: when the search of descriptors ends. A process may have a million of them, and share them
    ///   with thousands of others.
    func heldFile(of pid: Int32, on device: DeviceNumber, until deadline: ContinuousClock.Instant) -> String? {
        let places = ["\(root)/\(pid)"] + threads(of: pid).map { "\(root)/\(pid)/task/\($0)" }
        for owner in tables(of: pid) {
            let place = owner == pid ? "\(root)/\(pid)" : "\(root)/\(pid)/task/\(owner)"
            if let link = heldDescriptor(in: place, on: device, until: deadline) { return readLink(link) ?? link }
        }
        for link in places.flatMap({ place in ["cwd", "root", "exe"].map { "\(place)/\($0)" } }) {
            // Unreadable means ended.
            guard let file = try? FileIdentity(of: link), file.device == device else { continue }
            return readLink(link)
        }
        // All threads have the same memory, but the first one may have ended.
        return [places.first, places.last].lazy.compactMap { $0.flatMap { mappedFile(of: $0, on: device) } }.first
    }

    private func heldDescriptor(
        in place: String,
        on device: DeviceNumber,
        until deadline: ContinuousClock.Instant
    ) -> String? {
        var (held, seen): (String?, Int) = (nil, 0)
        // Unreadable means ended.
        try? visitDirectory("\(place)/fd") { name in
            seen += 1
            if seen % 256 == 0, ContinuousClock.now > deadline { return false }
            let link = "\(place)/fd/\(name)"
            // Closed in between.
            guard let file = try? FileIdentity(of: link), file.device == device || file.represents == device else {
                return true
            }
            held = link
            return false
        }
        return held
    }

    /// Those beside the first one, which may have directories and descriptors of their own.
    private func threads(of pid: Int32) -> [Int32] {
        // Unreadable means ended.
        ((try? listDirectory("\(root)/\(pid)/task")) ?? []).compactMap { Int32($0) }.filter { $0 != pid }
    }

    /// One thread for each table of descriptors: a thread may have its own, and the first one has none where it has ended.
    private func tables(of pid: Int32) -> [Int32] {
        var owners = [pid]
        for thread in threads(of: pid) where !owners.contains(where: { linux_shares_files($0, thread) }) {
            owners.append(thread)
        }
        return owners
    }

    /// A file that is mapped into memory stays in use when its descriptor is closed.
    private func mappedFile(of place: String, on device: DeviceNumber) -> String? {
        // Unreadable means ended.
        guard let text = try? readText("\(place)/maps") else { return nil }
        func hexadecimal(_ number: UInt32) -> String { (number < 16 ? "0" : "") + String(number, radix: 16) }
        let name = "\(hexadecimal(device.major)):\(hexadecimal(device.minor))"
        // "range rights offset device inode path"
        let line = text.split(separator: "\n").map { $0.split(separator: " ", maxSplits: 5) }
            .first { $0.count > 4 && $0[3] == name }
        return line.map { $0.count > 5 ? $0[5].trimmingPrefix { $0 == " " }.description : name }
    }
}
