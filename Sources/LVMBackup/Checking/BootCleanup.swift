import Glibc

/// The unit that removes snapshots at boot which a power cut left.
struct BootCleanup: Sendable {
    static let unit = "lvmbackup-cleanup.service"

    /// The root of the directories below.
    var root = ""

    /// None where the unit is not installed, or is enabled.
    func findings() -> [CheckFinding] {
        let places = ["/usr/lib", "/lib", "/usr/local/lib", "/etc"].map { "\(root)\($0)/systemd/system/\(Self.unit)" }
        guard places.contains(where: { access($0, F_OK) == 0 }) else { return [] }
        // As "systemctl enable" makes it by the unit's [Install] section.
        let link = "\(root)/etc/systemd/system/sysinit.target.wants/\(Self.unit)"
        var status = stat()
        guard lstat(link, &status) != 0 else { return [] }
        return [
            CheckFinding(
                "boot",
                .warning,
                "\"\(Self.unit)\" is not enabled: the snapshot of a run that a power cut ended stays until the next run",
                advice: "systemctl enable \(Self.unit)"
            )
        ]
    }
}
