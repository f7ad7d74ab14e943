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
        guard let path = readLink("\(root)/\(pid)/exe") else { return nil }
        let note = " (deleted)"
        return path.hasSuffix(note) ? String(path.dropLast(note.count)) : path
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
    /// Only root's processes count: a program that changed its user may have got the environment of its caller.
    func run(of pid: Int32) -> String? {
        // Unreadable means ended, or another user's.
        guard let status = try? readText("\(root)/\(pid)/status"),
            let users = status.split(separator: "\n").first(where: { $0.hasPrefix("Uid:") }),
            Set(users.split(whereSeparator: \.isWhitespace).dropFirst()).count == 1,
            let environment = environment(of: pid)
        else { return nil }
        let prefix = Array("\(RunProcesses.variable)=".utf8)
        let word = environment.split(separator: 0).first { $0.starts(with: prefix) }
        return word.map { String(decoding: $0.dropFirst(prefix.count), as: UTF8.self) }
    }

    /// A process in the middle of exec has no environment and no arguments yet, while its descriptors are closed
    /// already (measured, Linux 6.18).
    ///
    /// It is looked at until it has them, for 100 ms at most.
    private func environment(of pid: Int32) -> [UInt8]? {
        for _ in 0..<100 {
            // Unreadable means ended.
            guard let environment = try? readFile("\(root)/\(pid)/environ") else { return nil }
            // The kernel's own threads have neither, and no executable.
            guard environment.isEmpty, isWithoutArguments(pid), executable(of: pid) != nil else { return environment }
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
        guard let link = readLink("\(root)/\(pid)/ns/\(kind)") else { return nil }
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
        if let link = heldDescriptor(of: pid, on: device, until: deadline) { return readLink(link) ?? link }
        for link in ["cwd", "root", "exe"].map({ "\(root)/\(pid)/\($0)" }) + threadDirectories(of: pid) {
            // Unreadable means ended.
            guard let file = try? FileIdentity(of: link), file.device == device else { continue }
            return readLink(link)
        }
        return mappedFile(of: pid, on: device)
    }

    private func heldDescriptor(
        of pid: Int32,
        on device: DeviceNumber,
        until deadline: ContinuousClock.Instant
    ) -> String? {
        var (held, seen): (String?, Int) = (nil, 0)
        // Unreadable means ended.
        try? visitDirectory("\(root)/\(pid)/fd") { name in
            seen += 1
            if seen % 256 == 0, ContinuousClock.now > deadline { return false }
            let link = "\(root)/\(pid)/fd/\(name)"
            // Closed in between.
            guard let file = try? FileIdentity(of: link), file.device == device || file.represents == device else {
                return true
            }
            held = link
            return false
        }
        return held
    }

    /// A thread may have directories of its own.
    private func threadDirectories(of pid: Int32) -> [String] {
        // Unreadable means ended.
        let threads = (try? listDirectory("\(root)/\(pid)/task")) ?? []
        guard threads.count > 1 else { return [] }
        return threads.flatMap { thread in ["cwd", "root"].map { "\(root)/\(pid)/task/\(thread)/\($0)" } }
    }

    /// A file that is mapped into memory stays in use when its descriptor is closed.
    private func mappedFile(of pid: Int32, on device: DeviceNumber) -> String? {
        // Unreadable means ended.
        guard let text = try? readText("\(root)/\(pid)/maps") else { return nil }
        func hexadecimal(_ number: UInt32) -> String { (number < 16 ? "0" : "") + String(number, radix: 16) }
        let name = "\(hexadecimal(device.major)):\(hexadecimal(device.minor))"
        // "range rights offset device inode path"
        let line = text.split(separator: "\n").map { $0.split(separator: " ", maxSplits: 5) }
            .first { $0.count > 4 && $0[3] == name }
        return line.map { $0.count > 5 ? $0[5].trimmingPrefix { $0 == " " }.description : name }
    }
}
