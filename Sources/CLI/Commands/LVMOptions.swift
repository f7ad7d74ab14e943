import ArgumentParser
import LVMBackup

struct LVMOptions: ParsableArguments, SettingsGroup {
    @Option(
        help: ArgumentHelp(
            "Logical volume to be backed up, as group/volume or its device (default: found from the data directory).",
            valueName: "lvname"
        )
    )
    var logicalVolume: String?

    @Option(
        help: ArgumentHelp(
            "Name of the snapshot (default: the volume's, \"_snapshot\" and a suffix of the run).",
            valueName: "snapshot"
        )
    )
    var snapshotName: String?

    @Option(
        help: ArgumentHelp(
            """
            Size of the snapshot: 5G, 512M, 100e (extents), 20%ORIGIN, 50%FREE (default: the smaller of 20 % of the \
            volume and what the volume group has free). A thin snapshot has none.
            """,
            valueName: "size"
        )
    )
    var snapshotSize: String?

    @Option(
        help: ArgumentHelp(
            "Enlarge a thick snapshot that has become this full, such as 70%, or off (default: 70%).",
            valueName: "percent"
        )
    )
    var snapshotExtendAt: String?

    @Option(
        help: ArgumentHelp(
            "How large such a snapshot may become, in the form of --snapshot-size (default: as large as the volume).",
            valueName: "size"
        )
    )
    var snapshotMax: String?

    @Option(
        help: ArgumentHelp(
            "Where to mount the snapshot (default: a private directory of the run).",
            valueName: "directory"
        ),
        completion: .directory
    )
    var mountDirectory: String?

    @Flag(help: "Make no archive: the snapshot itself is the backup, and is kept.")
    var snapshotOnly: Bool = false

    func fill(_ settings: inout Settings) {
        settings.set(.logicalVolume, logicalVolume)
        settings.set(.snapshotName, snapshotName)
        settings.set(.snapshotSize, snapshotSize)
        settings.set(.snapshotExtendAt, snapshotExtendAt)
        settings.set(.snapshotMax, snapshotMax)
        settings.set(.mountDirectory, mountDirectory)
        settings.set(.snapshotOnly, snapshotOnly ? true : nil)
    }
}
