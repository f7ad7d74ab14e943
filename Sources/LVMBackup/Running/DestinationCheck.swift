import Glibc
import Host
import Lifecycle

/// Refuses to write the archive onto the volume that is being snapshotted: it would fill the exception store.
struct DestinationCheck: Sendable {
    private let destination: String?

    init(_ destination: String?) { self.destination = destination }

    /// - Throws: ``SettingsError``.
    func check(_ run: Run, _ volume: Volume) async throws {
        guard let destination, destination != "-" else { return }
        var status = stat()
        guard stat(destination, &status) == 0 else {
            let reason = String(cString: strerror(errno)).lowercased()
            throw SettingsError("the backup directory \"\(destination)\" cannot be used: \(reason)")
        }
        guard DeviceNumber(UInt64(status.st_dev)).description == volume.deviceNumber else { return }
        throw SettingsError(
            "the backup directory \"\(destination)\" is on \"\(volume.fullName)\", the volume that is backed up",
            advice: "choose a directory on another volume: the archive would fill the snapshot"
        )
    }
}
