import Foundation

/// The fault matrix.
enum FaultRows {
    /// Every row, in the order of the table.
    static let all =
        steps + releases + commands + statements + connections + surroundings + company + thin

    /// Those that this guest is to run.
    static let chosen = Lab.chosen(of: all)

    /// A few quick ones, for `make test`.
    static let sample = sampleNames.compactMap { name in all.first { $0.testDescription == name } }
    static let sampleNames = [
        "fails, step/connect middle", "SIGKILL, step/lock exit", "SIGKILL of run and guardian, step/mount exit",
        "SIGTERM three times, step/snapshot middle", "hangs, step/lock exit", "fails, command/lvcreate exit",
        "killed after 20 ms, lvcreate in the prepared shell",
        "answers something else, lvcreate in the prepared shell", "fails, step/archive middle",
        "SIGKILL, step/archive middle", "the answer never arrives, BACKUP STAGE BLOCK_COMMIT, plan stage",
        "the connection is cut before the answer, BACKUP STAGE END, plan stage",
    ]

    /// The message of a run that a signal ended.
    static let toldToStop = "told to stop"
}
