import Foundation
import Testing

/// One row of the faults of commands that work with sets.
struct SetFaultRow: Sendable, CustomTestStringConvertible {
    /// The commands, each as a user gives it.
    enum Work: String, CaseIterable, Sendable {
        case restore
        case verify = "verify --level start"
        case open
        case openKept = "open of a kept snapshot"
    }

    var work: Work
    /// The fault and its moment, for the table.
    var fault: String
    var moment: String
    /// `LVMBACKUP_FAULT`.
    var injection: String
    var options: [String] = []
    var statuses: Set<Int32>
    /// Whether the fault stops the process, and then it and its guardian are killed.
    var killsBoth = false

    var testDescription: String { "\(work.rawValue): \(fault), \(moment)" }
}

/// The faults of the commands that work with sets.
enum SetFaultRows {
    /// The points of each command, with the moments at which a fault strikes.
    private static let points: [(SetFaultRow.Work, String, String)] = [
        (.restore, "step/restore", "entry"), (.restore, "restore/marker", "middle"),
        (.restore, "restore/placeholder", "middle"), (.restore, "restore/member", "entry"),
        (.restore, "restore/file", "middle"), (.restore, "restore/end", "entry"), (.restore, "restore/name", "exit"),
        (.restore, "restore/directories", "exit"),
        (.restore, "restore/end", "middle"), (.restore, "step/restore", "exit"),
        (.verify, "step/verify", "entry"), (.verify, "restore/file", "middle"), (.verify, "step/verify", "exit"),
        (.open, "restore/file", "middle"), (.open, "restore/end", "middle"),
        (.openKept, "command/lvcreate", "entry"), (.openKept, "command/lvcreate", "exit"),
        (.openKept, "command/mount", "entry"), (.openKept, "command/mount", "exit"),
    ]

    private static let releases: [(SetFaultRow.Work, String)] = [
        (.restore, "lock of set"), (.restore, "guardian"), (.verify, "scratch directory"), (.verify, "guardian"),
        (.open, "scratch directory"), (.openKept, "mount"), (.openKept, "snapshot"),
    ]

    static let all =
        points.flatMap { work, point, moment in faults(work, point, moment) }
        + releases.flatMap { work, name in faults(ofRelease: name, work) }

    private static func faults(_ work: SetFaultRow.Work, _ point: String, _ moment: String) -> [SetFaultRow] {
        func row(_ fault: String, _ act: String, _ statuses: Set<Int32>) -> SetFaultRow {
            SetFaultRow(
                work: work,
                fault: fault,
                moment: "\(point) \(moment)",
                injection: "\(point):\(moment):\(act)@1",
                statuses: statuses
            )
        }
        var both = row("SIGKILL of command and guardian", "stop", [137])
        both.killsBoth = true
        return [
            row("fails", "fail", [1]), row("SIGKILL", "kill", [137]), both,
            // A signal that comes late changes nothing.
            row("SIGINT", "signal=INT", [0, 1]), row("takes 1 s longer", "slow=1", [0]),
        ]
    }

    private static func faults(ofRelease name: String, _ work: SetFaultRow.Work) -> [SetFaultRow] {
        func row(_ fault: String, _ act: String, _ statuses: Set<Int32>) -> SetFaultRow {
            SetFaultRow(
                work: work,
                fault: fault,
                moment: "release/\(name)",
                injection: "release/\(name):entry:\(act)",
                statuses: statuses
            )
        }
        return [
            row("fails once", "fail@1", [0, 2]), row("SIGKILL", "kill@1", [137]),
            row("takes 0.5 s longer", "slow=0.5@1", [0]),
        ]
    }

    /// Those that this guest is to run.
    static let chosen = Lab.chosen(of: all)
}
