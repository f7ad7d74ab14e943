package import Archive
import Host
import LVM
import Lifecycle

/// Restores a set to a volume that it makes.
///
/// Where it fails, the volume is removed.
package struct VolumeRestore: Sendable {
    /// The restore of the set.
    ///
    /// Its target names the volume's device until the file system is mounted.
    package var restore: Restore
    private let place: SetPlace
    private let request: NewVolumeRequest
    private let configuration: Configuration

    /// - Parameters:
    ///   - restore: of the set at `place`.
    ///   - volume: "GROUP/NAME" of a volume that does not exist.
    ///   - size: such as "20G" or "50%FREE"; nil for that of the volume that was backed up.
    ///   - fileSystem: "xfs" or "ext4"; nil for that of the volume that was backed up.
    /// - Throws: `LVMError` for a text that is no name, size or file system of a volume.
    package init(
        _ restore: Restore,
        of place: SetPlace,
        to volume: String,
        size: String? = nil,
        fileSystem: String? = nil,
        configuration: Configuration
    ) throws {
        request = try NewVolumeRequest(volume, size: size, fileSystem: fileSystem)
        self.restore = restore
        self.restore.target = request.device
        self.place = place
        self.configuration = configuration
    }

    /// It makes nothing if the set or the installed server does not fit, or there is no room.
    ///
    /// - Parameters:
    ///   - id: marks volume and processes.
    ///   - record: gets the undo of what is made.
    ///   - scope: releases what is made.
    /// - Throws: ``ReadError``, ``ArchiveError``, `LVMError`, `HostError`, ``SettingsError``, `CancellationError`
    func run(_ id: String, _ record: RunFile, _ scope: ReleaseScope) async throws -> RestoreReport {
        try RecordedScope.checkRoot()
        let files = try await place.openForRestore()
        var target = RestoreTarget(path: restore.target)
        target.acceptsAnyServer = restore.acceptsAnyServer
        try await target.checkServer(files.manifest)
        let volume = try await NewVolume(
            request,
            for: NewVolume.Needs(files.manifest),
            run: id,
            identity: .current(),
            lockDirectory: configuration.runDirectory
        )
        let mount = try await NewVolumeMount(volume, scope: scope, intend: record.intend)
        var restore = restore
        restore.target = mount.path
        let report = try await restore.run()
        try await mount.finish()
        return report
    }
}

extension NewVolume.Needs {
    fileprivate init(_ manifest: Manifest) {
        self.init(
            bytes: manifest.archive?.sourceBytes ?? 0,
            members: manifest.archive?.members ?? 0,
            originSize: manifest.volume?.size,
            fileSystem: manifest.volume?.filesystem
        )
    }
}
