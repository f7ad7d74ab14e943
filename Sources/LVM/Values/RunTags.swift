package import Host

/// The tags that name the run of a snapshot.
///
/// The lvcreate that makes the snapshot sets them, so that it is never without an owner.
package struct RunTags: Sendable, Equatable {
    package var run: String
    package var identity: Identity
    /// "group/name" of the origin, by which the run lock is named.
    package var origin: String

    /// On every snapshot of lvmbackup.
    package static let ours = "lvmbackup"
    /// On a snapshot that is removed with its run.
    package static let active = "lvmbackup_active"
    /// On a kept snapshot.
    package static let kept = "lvmbackup_kept"

    package init(run: String, identity: Identity, origin: String) {
        self.run = run
        self.identity = identity
        self.origin = origin
    }

    /// Selects the active snapshot of a run, or with another mark the kept one, and nothing else.
    package static func selection(run: String, uuid: String = "", mark: String = active) -> String {
        let tags = "lv_tags={\(mark) && lvmbackup_run=\(run)}"
        return uuid.isEmpty ? tags : "\(tags) && lv_uuid=\(uuid)"
    }

    /// The arguments of lvcreate for `--addtag`.
    package var all: [String] {
        [Self.ours, Self.active] + fields.map { "lvmbackup_\($0.key)=\(Self.allowed($0.value))" }
    }

    private var fields: [(key: String, value: String)] {
        [
            ("run", run), ("host", identity.host), ("machine", identity.machine), ("boot", identity.boot),
            ("pidns", "\(identity.pidNamespace)"), ("pid", "\(identity.pid)"), ("start", "\(identity.startTime)"),
            ("origin", origin),
        ]
    }

    /// Parses the tags of a volume; nil where they are not complete.
    package init?(_ tags: [String]) {
        func value(_ key: String) -> String? {
            let prefix = "lvmbackup_\(key)="
            return tags.first { $0.hasPrefix(prefix) }.map { String($0.dropFirst(prefix.count)) }
        }
        guard let run = value("run"), let host = value("host"), let machine = value("machine"),
            let boot = value("boot"), let namespace = value("pidns").flatMap({ UInt64($0) }),
            let pid = value("pid").flatMap({ Int32($0) }), let start = value("start").flatMap({ UInt64($0) }),
            let origin = value("origin")
        else { return nil }
        self.run = run
        self.origin = origin
        identity = Identity(
            host: host,
            machine: machine,
            boot: boot,
            pidNamespace: namespace,
            pid: pid,
            startTime: start
        )
    }

    /// A value with the characters replaced that a tag must not hold, cut to a tag's length.
    private static func allowed(_ value: String) -> String {
        let bytes = value.utf8.prefix(900).map { byte -> UInt8 in
            let isPlain = VolumeName.hasOnlyAllowedLetters(String(UnicodeScalar(byte)))
            return isPlain || "/=:".utf8.contains(byte) ? byte : UInt8(ascii: "_")
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
