import Glibc
import Host
import Lifecycle
import Storage

/// Lets LVM itself judge a plan before the lock: `lvcreate --test` changes nothing, and refuses for the reasons for
/// which lvcreate would.
///
/// This type checks the rest: LVM's settings, the directory of the metadata's copies, and parts of the
/// file system on other devices.
struct SnapshotTrial: Sendable {
    let tools: LVMTools
    let plan: SnapshotPlan
    /// The origin's node.
    let device: String

    private static let settings =
        [
            "global/test", "global/locking_type", "global/activation", "backup/archive", "backup/archive_dir",
            "log/command_names",
        ] + LVMConfiguration.neededByShell.keys.filter { $0 != "global/test" }.sorted()
        + LVMConfiguration.unsetForShell

    /// - Returns: whether LVM's settings let the prepared shell work as a command with `--config` does.
    /// - Throws: ``LVMError`` for a condition that would end the run under the lock.
    func check(_ run: Run) async throws -> Bool {
        try FileSystemParts.check(device, volume: "\(plan.group)/\(plan.origin)")
        let settings = try await settings(run)
        if let settings { try Self.check(settings) }
        try await tryOut()
        return settings.map(Self.suitsShell) ?? false
    }

    /// Nil where LVM does not tell them: the trial is the judge then.
    private func settings(_ run: Run) async throws -> LVMSettings? {
        do { return try await LVMSettings.read(Self.settings, tools) } catch let error as CancellationError {
            throw error
        } catch {
            run.warn("LVM's settings are not known: \(Failure(error).message)")
            return nil
        }
    }

    /// - Throws: ``LVMError/badSetting(_:reason:)``.
    static func check(_ settings: LVMSettings) throws(LVMError) {
        if settings["global/test"] == "1" {
            throw .badSetting("global/test", reason: "1 lets LVM change nothing")
        }
        if let type = settings["global/locking_type"], ["0", "4", "5"].contains(type) {
            let reason = type == "4" ? "4 lets LVM only read" : "\(type) switches LVM's locks off"
            throw .badSetting("global/locking_type", reason: reason)
        }
        if settings["global/activation"] == "0" {
            throw .badSetting("global/activation", reason: "0 keeps LVM from device-mapper")
        }
        if settings["backup/archive"] != "0", let directory = settings.path("backup/archive_dir") {
            if let reason = obstacle(to: directory) { throw .badSetting("backup/archive_dir", reason: reason) }
        }
    }

    /// Why LVM could not write the metadata's copy that it makes before each change.
    private static func obstacle(to directory: String) -> String? {
        var existing = directory
        // LVM creates the missing directories of the path.
        while access(existing, F_OK) != 0, errno == ENOENT, let slash = existing.lastIndex(of: "/"), existing != "/" {
            existing = slash == existing.startIndex ? "/" : String(existing[..<slash])
        }
        guard access(existing, W_OK | X_OK) == 0 else { return unwritable(existing) }
        // A file without a name, gone when it is closed: rights alone do not tell of a full file system.
        let file = open(existing, Self.unnamed | O_WRONLY | O_CLOEXEC, 0o600)
        if file >= 0 {
            defer { close(file) }
            let page = [UInt8](repeating: 0, count: 4096)
            return write(file, page, page.count) == page.count ? nil : unwritable(existing)
        }
        guard errno == EOPNOTSUPP || errno == EISDIR else { return unwritable(existing) }
        var room = statvfs()
        // Where it cannot be told, LVM is the judge.
        guard statvfs(existing, &room) == 0, room.f_bavail == 0 else { return nil }
        return "\"\(existing)\" has no free space"
    }

    /// O_TMPFILE of Linux, which Swift does not import.
    private static let unnamed: Int32 = 0o20_000_000 | O_DIRECTORY

    private static func unwritable(_ path: String) -> String {
        "\"\(path)\" cannot be written to: \(String(cString: strerror(errno)).lowercased())"
    }

    private static func suitsShell(_ settings: LVMSettings) -> Bool {
        LVMConfiguration.neededByShell.allSatisfy { name, value in settings[name] == value }
            && LVMConfiguration.unsetForShell.allSatisfy { settings[$0] == nil }
    }

    private func tryOut() async throws {
        let configuration = LVMConfiguration.activating(in: plan.group)
        let command = LVMTools.command("lvcreate", ["--test"] + plan.arguments, configuration: configuration)
        let result = try await tools.commands.run(command)
        // Otherwise it was ended before it could judge.
        guard result.status == .exited(Self.failure), !result.isTimedOut else {
            try result.checked(command)
            return
        }
        let volume = "\(plan.group)/\(plan.origin)"
        // LVM says first that it only tests.
        let lines = result.reason.split(separator: "; ").filter { !$0.hasPrefix("TEST MODE") }
        let reason = lines.isEmpty ? "it says no reason" : lines.joined(separator: "; ")
        if try await isMoving() {
            throw LVMError.inTransition(volume: volume, reason: "pvmove is at work in its group: \(reason)")
        }
        throw LVMError.refused(volume: volume, reason: reason)
    }

    /// ECMD_FAILED of LVM.
    private static let failure: Int32 = 5

    /// The volume that stands for a pvmove has the type letter "p".
    private func isMoving() async throws -> Bool {
        try await tools.allVolumes(ofGroup: plan.group).contains { $0.letter(0) == "p" }
    }
}
