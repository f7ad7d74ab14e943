import Lifecycle

/// A field of `run`; its row in the table.
///
/// `RunFields` answers each case by an exhaustive switch: a row without an implementation does not compile.
package enum RunField: String, CaseIterable, Sendable {
    case id, kind, host, started, step
    case dryRun = "dry_run"
    case snapshotOnly = "snapshot_only"
    case config, vars, timings, warnings, server, volume, paths, lock, coordinates, snapshot, mount, recovery, archive
    case set, restore, verification, error, fs

    package var row: APIField {
        switch self {
        case .id: field(.string, "the run's name")
        case .kind: field(.string, words: allWords(of: RunKind.self), "which run it is")
        case .host: field(.string, "this host's name")
        case .started: field(.number, "when the run began, seconds since 1970")
        case .step: field(.string, words: allWords(of: StepName.self), "the current step")
        case .dryRun: field(.boolean, "whether this is a dry run, which changes nothing")
        case .snapshotOnly: field(.boolean, "whether the snapshot itself is the backup")
        case .config: field(.table, of: .config, "the settings that were given, without secrets")
        case .vars: field(.table, "values that hooks hand to later hooks; the only part of `run` that can be written")
        case .timings: field(.table, of: .timings, "seconds that each step took so far")
        case .warnings: field(.list, items: .string, "the warnings so far")
        case .server: field(.table, of: .server, since: .connect, "the database server")
        case .volume: field(.table, of: .volume, since: .locate, "the volume that holds the data")
        case .paths: field(.list, of: .path, since: .locate, "the data's paths, and where they are on the volume")
        case .lock: field(.table, of: .lock, since: .lock, "the lock")
        case .coordinates:
            field(.table, of: .coordinates, since: .lock, "where replaying starts; after recovery that of the copy")
        case .snapshot:
            field(
                .table,
                of: .snapshot,
                since: .snapshot,
                "the snapshot; gone when it is removed, after step `archive`"
            )
        case .mount: field(.table, of: .mount, since: .mount, until: .archive, "the mounted snapshot")
        case .recovery: field(.table, of: .recovery, since: .recover, "the copy's recovery")
        case .archive: field(.table, of: .archive, since: .archive, "the archive")
        case .set: field(.table, of: .set, since: .archive, "the backup set")
        case .restore: field(.table, of: .restore, "the task of a restore; nil in other runs")
        case .verification:
            field(
                .table,
                of: .verification,
                since: .verify,
                "how far copy or set were checked; in a verification its `level` is there from the beginning"
            )
        case .error:
            field(
                .table,
                of: .failure,
                "in the events failed, vetoed, deferred and finished: why the run did not succeed"
            )
        case .fs: field(.table, "functions for files")
        }
    }

    /// Whether it is there from the beginning in a run on a set, which its manifest describes.
    package var isOfSet: Bool {
        switch self {
        case .server, .coordinates, .set: true
        default: false
        }
    }

    private func field(
        _ type: APIType,
        of record: APIRecord? = nil,
        items: APIType? = nil,
        words: [String]? = nil,
        since: StepName? = nil,
        until: StepName? = nil,
        _ meaning: String
    ) -> APIField {
        APIField(rawValue, type, of: record, items: items, words: words, since: since, until: until, meaning)
    }
}
