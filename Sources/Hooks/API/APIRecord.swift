/// A table of named fields, by the name under which the reference lists it.
///
/// Each is a table that hooks read. A field that is not listed here raises an error; a test compares the lists with
/// the values that a run makes.
package enum APIRecord: String, CaseIterable, Sendable {
    case archive, binlog, channel, config, coordinates, dataFile, decision, engine, exec, failure, http, leak, lock
    case lockTimings, message, mount, outcome, path, pipe, process, progress, recovery, restoration, restore
    case retention, server, set, snapshot, stage, stat, timings, verification, volume

    package var fields: [APIField] {
        switch self {
        case .archive: Self.archiveFields
        case .binlog: Self.binlogFields
        case .channel: Self.channelFields
        case .config: Self.configFields
        case .coordinates: Self.coordinatesFields
        case .dataFile: Self.dataFileFields
        case .decision: Self.decisionFields
        case .engine: Self.engineFields
        case .exec: Self.execFields
        case .failure: Self.failureFields
        case .http: Self.httpFields
        case .leak: Self.leakFields
        case .lock: Self.lockFields
        case .lockTimings: Self.lockTimingsFields
        case .message: Self.messageFields
        case .mount: Self.mountFields
        case .outcome: Self.outcomeFields
        case .path: Self.pathFields
        case .pipe: Self.pipeFields
        case .process: Self.processFields
        case .progress: Self.progressFields
        case .recovery: Self.recoveryFields
        case .restoration: Self.restorationFields
        case .restore: Self.restoreFields
        case .retention: Self.retentionFields
        case .server: Self.serverFields
        case .set: Self.setFields
        case .snapshot: Self.snapshotFields
        case .stage: Self.stageFields
        case .stat: Self.statFields
        case .timings: Self.timingsFields
        case .verification: Self.verificationFields
        case .volume: Self.volumeFields
        }
    }
}
