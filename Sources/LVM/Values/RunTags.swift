public import Host

/// The tags that make a snapshot say whose it is.
///
/// They are set by the lvcreate that makes it, so that there is no moment in which it is nobody's.
public struct RunTags: Sendable, Equatable {
    public var run: String
    public var identity: Identity
    /// "group/name" of the origin, by which the run lock is named.
    public var origin: String

    /// On everything of ours.
    public static let ours = "lvmbackup"
    /// On a snapshot that goes with its run.
    public static let active = "lvmbackup_active"
    /// On one that stays.
    public static let kept = "lvmbackup_kept"

    public init(run: String, identity: Identity, origin: String) {
        self.run = run
        self.identity = identity
        self.origin = origin
    }

    /// Selects the active snapshot of a run, or with another mark the kept one, and nothing else.
    public static func selection(run: String, uuid: String = "", mark: String = active) -> String {
        let tags = "lv_tags={\(mark) && lvmbackup_run=\(run)}"
        return uuid.isEmpty ? tags : "\(tags) && lv_uuid=\(uuid)"
    }

    /// What lvcreate is given with `--addtag`.
    public var all: [String] {
        [Self.ours, Self.active] + fields.map { "lvmbackup_\($0.key)=\(Self.allowed($0.value))" }
    }

    private var fields: [(key: String, value: String)] {
        [
            ("run", run), ("host", identity.host), ("machine", identity.machine), ("boot", identity.boot),
            ("pidns", "\(identity.pidNamespace)"), ("pid", "\(identity.pid)"), ("start", "\(identity.startTime)"),
            ("origin", origin),
        ]
    }

    /// What the tags of a volume say; nil where they are not complete.
    public init?(_ tags: [String]) {
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

    /// A value with what a tag must not hold replaced, and cut to what it may hold.
    private static func allowed(_ value: String) -> String {
        let bytes = value.utf8.prefix(900).map { byte -> UInt8 in
            let isPlain = VolumeName.hasOnlyAllowedLetters(String(UnicodeScalar(byte)))
            return isPlain || "/=:".utf8.contains(byte) ? byte : UInt8(ascii: "_")
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
