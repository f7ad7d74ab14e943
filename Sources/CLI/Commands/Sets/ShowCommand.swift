import Archive
import ArgumentParser
import FoundationEssentials
import Host
import LVMBackup

struct ShowCommand: StatusCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Describe a backup set, and how to restore it.",
        helpNames: [.customShort("?"), .long]
    )

    @Argument(help: SetOptions.setHelp, completion: LiveCompletion.sets) var set: String
    @OptionGroup var sets: SetOptions
    @Flag(help: "Print the manifest, which is JSON.") var json: Bool = false

    func perform() async throws -> Int32 {
        let (place, item) = try await sets.item(set)
        guard let manifest = item.manifest else {
            throw ReadError.unusableSet(item.name, why: SetLine(item).reason ?? "it has no manifest", advice: nil)
        }
        guard !json else {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
            write(String(decoding: try encoder.encode(manifest), as: UTF8.self).printableJSON + "\n", to: 1)
            return 0
        }
        let kept = await KeptStates(of: [item])
        for line in SetDescription(place: place, item: item, manifest: manifest, kept: kept).lines { printLine(line) }
        return 0
    }
}

/// A set in lines for people.
struct SetDescription {
    let place: SetPlace
    let item: SetList.Item
    let manifest: Manifest
    let kept: KeptStates

    var lines: [String] {
        let line = SetLine(item, kept: kept)
        var rows: [(String, String?)] = [
            ("set", place.path),
            ("state", line.reason.map { "\(line.kind): \($0)" } ?? line.kind),
            ("data of", localTime(manifest.moment.seconds)),
            ("host", manifest.host),
            ("server", manifest.server.map { "\($0.flavour) \($0.version), data directory \"\($0.datadir)\"" }),
            ("volume", manifest.volume.map { "\($0.name), \($0.filesystem), \($0.size.asSize)" }),
        ]
        rows += proof + coordinates
        rows += manifest.warnings.map { ("warning", $0) }
        let width = rows.map(\.0.count).max() ?? 0
        let described = rows.compactMap { title, text in
            text.map { title + String(repeating: " ", count: width - title.count) + "  " + $0 }
        }
        return described + snapshotLines + restoreLines
    }

    private var proof: [(String, String?)] {
        let archive = manifest.archive.map { archive in
            let details = [archive.sourceBytes.map { "\($0.asSize) of data" }, archive.members.map { "\($0) files" }]
            let known = details.compactMap(\.self).joined(separator: ", ")
            return (archive.bytes?.asSize ?? "unknown size") + (known.isEmpty ? "" : " (\(known))") + ", "
                + (archive.compression ?? "at \(archive.location)")
        }
        let verified = item.verified.map { mark in
            "\(mark.level), \(localTime(mark.at.seconds)), \(mark.tool)"
                + (mark.damage.map { ": DAMAGED: \($0)" } ?? "")
        }
        return [
            ("archive", archive), ("snapshot", manifest.archive == nil ? manifest.snapshot.map(Self.describe) : nil),
            ("run", RunTimeline(manifest).map { "\($0.duration.asTime), \(manifest.tool)" }),
            ("lock", manifest.lock.map { "\($0.plan): \($0.reason)" }), ("lock held", lockHeld),
            ("filled", manifest.snapshot?.peakUsage.map { "the snapshot to \($0.asPercent)" }),
            ("recovery", manifest.recovery.map { $0.clean ? "recovered cleanly" : "recovered with errors" }),
            ("unproven", manifest.unproven.isEmpty ? nil : manifest.unproven.joined(separator: ", ")),
            ("verified", verified), ("kept", item.isKept ? "yes" : nil),
        ]
    }

    private var lockHeld: String? {
        guard let held = manifest.lock?.heldSeconds else { return nil }
        return held.asTime + (manifest.lock?.waitedSeconds.map { ", waited for \($0.asTime)" } ?? "")
    }

    private var coordinates: [(String, String?)] {
        guard let coordinates = manifest.coordinates else { return [] }
        return [
            ("binary log", coordinates.binlog.map { "\($0.file):\($0.position)" }), ("GTID", coordinates.gtid),
            ("replication", coordinates.statement), ("inexact", coordinates.inexactBecause),
        ]
    }

    private static func describe(_ snapshot: Manifest.SnapshotFacts) -> String {
        "\(snapshot.name), \(snapshot.isThin ? "thin" : "thick")"
    }

    private var snapshotLines: [String] {
        guard kept[item.name]?.kind == .valid else { return [] }
        let path = quotedForShell(place.path)
        return [
            "", "Look into it:", "  lvmbackup open \(path)",
            "Put the volume back to it:", "  lvmbackup rollback \(path)",
        ]
    }

    private var restoreLines: [String] {
        guard let archive = manifest.archive else { return [] }
        guard let name = archive.parts.first?.name else {
            return [
                "", "Its archive is at \(archive.location). Restore a tar file from there, compressed or not:",
                "  PROGRAM THAT READS IT | lvmbackup restore - --to DATADIR",
            ]
        }
        let option = name.hasSuffix(".zst") ? "--zstd " : name.hasSuffix(".gz") ? "-z " : ""
        let tar = "  tar \(option)-xpf \(quotedForShell("\(place.path)/\(name)")) -C"
        let keeping = "--no-overwrite-dir --keep-directory-symlink --strip-components=3"
        return [
            "", "Restore it:", "  lvmbackup restore \(quotedForShell(place.path)) --to DATADIR",
            "or without lvmbackup:",
        ]
            + (archive.outside.isEmpty
                ? ["\(tar) DATADIR"]
                : ["\(tar) DATADIR --exclude=./.lvmbackup", "\(tar) / \(keeping) ./.lvmbackup/outside"])
    }
}
