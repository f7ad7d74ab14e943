package import Lifecycle

extension API {
    /// The result that a replacement of the step has to return; empty: none.
    package static func result(of step: StepName) -> [APIField] {
        switch step {
        case .connect:
            [
                APIField("flavour", .string, required: true, "such as \"postgresql\""),
                APIField("version", .string, required: true, "as the server says it"),
                APIField("datadir", .string, required: true, "its data directory"),
                APIField("files", .list, items: .string, "other paths that belong to the data"),
                APIField("is_replica", .boolean, "whether it replicates from another server"),
                APIField("release", .release, "ends the connection"),
            ]
        case .locate:
            [
                APIField("group", .string, required: true, "volume group"),
                APIField("name", .string, required: true, "logical volume"),
                APIField("device", .string, required: true, "the device node"),
                APIField("size", .integer, required: true, "bytes"),
                APIField("free", .integer, "bytes that the group has free"),
                APIField("filesystem", .string, required: true, "such as \"xfs\""),
                APIField("mount_points", .list, items: .string, "where it is mounted"),
                APIField("release", .release, "gives the volume free for another run"),
            ]
        case .lock:
            [
                APIField("plan", .string, "the plan's name"),
                APIField("reason", .string, "why this plan"),
                APIField("coordinates", .table, "where replaying starts"),
                APIField(
                    "proof",
                    .proof,
                    "raises where the lock was not held until now; a process as release is its own proof"
                ),
                APIField("release", .release, "ends the lock"),
                APIField(
                    "locked",
                    .boolean,
                    "false in place of a release: no lock was taken, because the snapshot needs none"
                ),
            ]
        case .snapshot:
            [
                APIField("name", .string, "how messages call it"),
                APIField("device", .string, required: true, "the mounted thing"),
                APIField("check", .proof, "raises where the snapshot is not valid any more"),
                APIField("release", .release, required: true, "removes it"),
            ]
        case .mount:
            [
                APIField("path", .string, required: true, "the data directory's copy"),
                APIField("mount_point", .string, "where it is mounted; without it the path"),
                APIField("release", .release, required: true, "unmounts it"),
            ]
        case .recover:
            [
                APIField("clean", .boolean, required: true, "whether the copy is consistent"),
                APIField("coordinates", .table, "where replaying starts"),
                APIField("log", .string, "the path of its log"),
            ]
        case .verify: [APIField("level", .string, required: true, "the checked part")]
        case .archive:
            [
                APIField("location", .string, required: true, "where the copy is"),
                APIField("bytes", .integer, required: true, "how much was written"),
                APIField("files", .integer, required: true, "how many files it has"),
                APIField("release", .release, "discards it, where the run fails"),
            ]
        case .preflight, .flush, .publish, .retain, .restore: []
        }
    }

    /// The second argument of an `after` hook of the step; nil: none.
    package static func known(of step: StepName) -> APIRecord? {
        switch step {
        case .connect: .server
        case .locate: .volume
        case .lock: .lock
        case .snapshot: .snapshot
        case .mount: .mount
        case .recover: .recovery
        case .verify: .verification
        case .archive: .archive
        case .publish: .set
        case .retain: .retention
        case .restore: .restoration
        case .preflight, .flush: nil
        }
    }
}
