package import Lifecycle

extension API {
    /// The result that a replacement of the step has to return; empty: none.
    package static func result(of step: StepName) -> [APIField] {
        switch step {
        case .connect:
            [
                APIField("flavour", .string, form: .name, required: true, "such as \"postgresql\""),
                APIField("version", .string, form: .name, required: true, "as the server says it"),
                APIField("datadir", .string, form: .path, required: true, "its data directory"),
                APIField("files", .list, items: .string, form: .path, "other paths that belong to the data"),
                APIField("is_replica", .boolean, "whether it replicates from another server"),
                APIField("release", .release, "ends the connection"),
            ]
        case .locate:
            [
                APIField("group", .string, form: .name, required: true, "volume group"),
                APIField("name", .string, form: .name, required: true, "logical volume"),
                APIField("device", .string, form: .name, required: true, "the device node"),
                APIField("size", .integer, form: .count, required: true, "bytes"),
                APIField("free", .integer, form: .amount, "bytes that the group has free"),
                APIField("filesystem", .string, form: .name, required: true, "such as \"xfs\""),
                APIField("mount_points", .list, items: .string, form: .path, "where it is mounted"),
                APIField("release", .release, "gives the volume free for another run"),
            ]
        case .lock:
            [
                APIField("plan", .string, form: .name, "the plan's name"),
                APIField("reason", .string, form: .name, "why this plan"),
                APIField("coordinates", .table, of: .coordinates, "where replaying starts"),
                APIField(
                    "proof",
                    .proof,
                    "raises where the lock was not held until now; a process as release is its own proof"
                ),
                APIField("release", .release, "ends the lock"),
                APIField(
                    "locked",
                    .boolean,
                    "false in place of a release: no lock was taken, because the snapshot needs none; the rules of `--lock none` hold"
                ),
            ]
        case .snapshot:
            [
                APIField("name", .string, form: .name, "how messages call it"),
                APIField("device", .string, form: .name, required: true, "the mounted thing"),
                APIField("check", .proof, "raises where the snapshot is not valid any more"),
                APIField("release", .release, required: true, "removes it"),
            ]
        case .mount:
            [
                APIField("path", .string, form: .path, required: true, "the data directory's copy"),
                APIField("mount_point", .string, form: .path, "where it is mounted; without it the path"),
                APIField("release", .release, required: true, "unmounts it"),
            ]
        case .recover:
            [
                APIField("clean", .boolean, required: true, "whether the copy is consistent"),
                APIField("coordinates", .table, of: .coordinates, "where replaying starts"),
                APIField("log", .string, form: .path, "the path of its log"),
            ]
        case .verify: [APIField("level", .string, form: .name, required: true, "the checked part")]
        case .archive:
            [
                APIField("location", .string, form: .place, required: true, "where the copy is"),
                APIField("bytes", .integer, form: .amount, "how much was written, where that is known"),
                APIField("files", .integer, form: .amount, "how many files it has, where that is known"),
                APIField("release", .release, "discards it, where the run fails"),
            ]
        case .preflight, .prepare, .flush, .publish, .retain, .restore: []
        }
    }

    /// The second argument of an `after` hook of the step; nil: none.
    package static func known(of step: StepName) -> APIRecord? {
        step.rule.result.flatMap(APIRecord.init(rawValue:))
    }
}
