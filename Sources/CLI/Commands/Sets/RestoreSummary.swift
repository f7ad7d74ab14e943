import Archive
import Host
import LVMBackup

/// The last words of a restore.
struct RestoreSummary {
    let report: RestoreReport
    let target: String
    /// Whether the target is the device of a new volume.
    var isVolume = false
    let duration: Duration
    /// Nil where no binary logs were applied.
    var replay: PointInTimeRestore.Report?

    func tell(_ output: Output, isQuiet: Bool) {
        for line in warnings { output.console.line("lvmbackup: \(line)") }
        guard output.isForPeople, !isQuiet else { return }
        for line in lines { printLine(line) }
    }

    var warnings: [String] {
        var lines = report.leftOut.map { "left out \"\($0.name)\": \($0.reason)" }
        if report.leftOutCount > report.leftOut.count {
            lines.append("left out \(report.leftOutCount - report.leftOut.count) more")
        }
        if !report.isChecked { lines.append("the archive came without an index: its content has no checksums") }
        if !report.isChecked, report.manifest == nil {
            lines.append("the archive has no manifest: if \"lvmbackup -\" wrote it, its run failed")
        }
        if let replay, !replay.isReached {
            let last = replay.time.map(localTime) ?? "before the backup"
            lines.append("the binary logs end before the target: their last transaction is of \(last)")
        }
        return lines
    }

    var lines: [String] {
        let seconds = Double(duration.components.seconds) + Double(duration.components.attoseconds) / 1e18
        let time = "\((seconds * 10).rounded() / 10) s"
        var lines = ["restored \(report.files) files, \(report.bytes.asSize), to \"\(target)\" in \(time)"]
        if let chosen = report.chosen { return lines + partial(chosen) }
        if report.kept > 0 { lines.append("\(report.kept) of them had been restored before the interruption") }
        if let replay {
            lines.append("applied \(replay.transactions) transactions, up to \(replay.position)")
            if let gtid = replay.gtid { lines.append("last transaction: GTID \(gtid)") }
        } else if let coordinates = report.manifest?.coordinates {
            if let binlog = coordinates.binlog { lines.append("binary log: \(binlog.file):\(binlog.position)") }
            if let gtid = coordinates.gtid, !gtid.isEmpty { lines.append("GTID: \(gtid)") }
        }
        return lines + nextCommands
    }

    /// Some members are no data directory.
    private func partial(_ chosen: ChosenMembers) -> [String] {
        var lines: [String] = []
        if let archive = report.manifest?.archive {
            let whole = archive.bytes.map { " of the archive's \($0.asSize)" } ?? ""
            lines.append("read \(report.bytesRead.asSize)\(whole)")
        }
        lines += [
            "these are some members of the set: \"\(target)\" stays marked, and no server starts on it",
            "files that servers need have \".lvmbackup-incomplete\" behind their names",
        ]
        let missing = chosen.missingForInnoDB
        if !missing.isEmpty {
            let rest = missing.count > 10 ? " and \(missing.count - 10) more" : ""
            lines.append(
                "InnoDB reads these tablespaces only together with: \(missing.prefix(10).joined(separator: ", "))\(rest)"
            )
            lines.append(
                "for the rows of a table: lvmbackup dump SET DATABASE.TABLE; for a server on all of it: lvmbackup open SET"
            )
        }
        return lines
    }

    private var nextCommands: [String] {
        var lines = ["next:"]
        let top = isVolume ? "MOUNT" : target
        if isVolume { lines.append("  mount \"\(target)\": its top is the data directory") }
        let unit = report.manifest?.server?.flavour == "mariadb" ? "mariadb" : "mysql"
        lines.append("  systemctl stop \(unit)")
        let outside = RestoredOutside(report: report, top: top)
        lines += (outside.moves + outside.links).map { "  " + $0 }
        lines.append("  give \"\(top)\" the place of the data directory, or set \"datadir\"")
        lines.append("  where AppArmor or SELinux is used: allow the directory, or run restorecon -R \"\(top)\"")
        lines.append("  systemctl start \(unit)")
        // Behind applied logs the recorded position does not fit any more.
        if replay == nil, let statement = report.manifest?.coordinates?.statement {
            lines.append("  to replicate: \(statement)")
        }
        return lines
    }
}
