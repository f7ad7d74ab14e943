import Host

/// Devices that an lvcreate with a sudden end left suspended, so that whoever writes to them waits for ever.
struct Suspension: Sendable {
    let tools: LVMTools
    let table: ProcessTable

    /// Resumes what belongs to `volume` and is suspended, unless an LVM command is at work.
    ///
    /// - Returns: the names of the devices that were resumed.
    func resume(group: String, volumes: [String]) async throws -> [String] {
        guard try !isLVMAtWork() else { return [] }
        let stems = volumes.map { VolumeName.mapperName(group: group, volume: $0) }
        let ours = Set(stems.flatMap { [$0, "\($0)-real", "\($0)-cow", "\($0)-tpool", "\($0)_tdata", "\($0)_tmeta"] })
        let suspended = try await suspendedDevices().filter(ours.contains)
        for name in suspended { try await tools.run("dmsetup", ["resume", name]) }
        return suspended
    }

    private func suspendedDevices() async throws -> [String] {
        let options = ["info", "-c", "--noheadings", "--separator", " ", "-o", "name,suspended"]
        let output = try await tools.run("dmsetup", options).output
        return Self.suspended(output)
    }

    /// - Parameter listing: lines of a name and "Suspended" or "Active".
    static func suspended(_ listing: String) -> [String] {
        listing.split(separator: "\n").compactMap { line in
            let words = line.split(separator: " ")
            return words.count == 2 && words[1] == "Suspended" ? String(words[0]) : nil
        }
    }

    private func isLVMAtWork() throws -> Bool {
        try table.pids.contains { LVMTools.executables.contains(String(table.executable(of: $0)?.lastPart ?? "")) }
    }
}

extension String {
    fileprivate var lastPart: Substring { split(separator: "/").last ?? "" }
}
