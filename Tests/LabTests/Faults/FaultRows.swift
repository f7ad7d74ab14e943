import Foundation

/// The fault matrix.
enum FaultRows {
    /// Every row, in the order of the table.
    static let all = steps + releases + commands + statements + surroundings + company

    /// Those that `LVMBACKUP_LAB_ROWS` asks for, a pattern; all without it.
    static let chosen = all.filter { row in
        Lab.faultRows.map { row.testDescription.range(of: $0, options: .regularExpression) != nil } ?? true
    }

    /// A few quick ones, for `make test`.
    static let sample = all.filter { row in
        [
            "fails, step/connect middle", "SIGKILL, step/lock exit", "SIGKILL of run and guardian, step/mount exit",
            "SIGTERM three times, step/snapshot middle", "hangs, step/lock exit",
            "fails, command/lvcreate exit",
        ].contains(row.testDescription)
    }

    /// What a run says that a signal ended.
    static let toldToStop = "told to stop"
}
