import Host

extension LVMTools {
    /// Activates a thin snapshot in spite of its skip flag.
    ///
    /// - Throws: `HostError`.
    func activate(_ snapshot: String, in group: String) async throws {
        let configuration = LVMConfiguration.activating(in: group)
        try await run("lvchange", ["-q", "-q", "-ay", "-K", snapshot], configuration: configuration)
    }

    /// Waits for the device node of an active volume: without udev LVM makes it itself; with udev it may come later than
    /// the command's end.
    ///
    /// - Throws: ``LVMError/noNode(_:)``, `HostError`, `CancellationError`.
    func awaitNode(_ device: String, of volume: String) async throws {
        for attempt in 0..<100 {
            // Not there yet.
            if (try? FileIdentity(of: device)) != nil { return }
            if attempt == 50 { try await run("vgmknodes", ["-q", "-q", volume]) }
            try await Task.sleep(for: .milliseconds(100))
        }
        throw LVMError.noNode(device)
    }
}
