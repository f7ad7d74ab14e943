import Archive
import Host
import Lifecycle

/// The ages from which on the newest good set is too old, in seconds.
package struct AgeLimits: Equatable, Sendable {
    package var warning: Double
    package var critical: Double

    /// By default for one backup a day: one may be late by two hours, and one may be missed.
    package init(warning: Double = 26 * 3600, critical: Double = 50 * 3600) {
        self.warning = warning
        self.critical = critical
    }
}

/// The newest good set of this host.
package struct NewestSet: Codable, Equatable, Sendable {
    package var name: String
    /// Seconds since the data was as the set has it.
    package var age: Double
    /// Bytes of the archive; nil where there is none in the set.
    package var bytes: Int64?
    /// The level of its last verification that found no damage.
    package var verified: String?

    package init(name: String, age: Double, bytes: Int64?, verified: String?) {
        self.name = name
        self.age = age
        self.bytes = bytes
        self.verified = verified
    }

    private enum CodingKeys: String, CodingKey {
        case name
        case age = "age_seconds"
        case bytes, verified
    }
}

/// Looks at the sets of this host, and at the room beside them.
struct SetsCheck: Sendable {
    private let destination: String?
    /// "group/name"; nil where it is not known: then all volumes of the host count.
    private let volume: String?
    private let limits: AgeLimits
    private let host: String
    private let now: Double

    init(
        _ destination: String?,
        volume: String?,
        limits: AgeLimits,
        host: String = Identity.hostName(),
        now: Double = unixTime()
    ) {
        self.destination = destination == "-" ? nil : destination
        self.volume = volume
        self.limits = limits
        self.host = host
        self.now = now
    }

    func run() async -> (findings: [CheckFinding], newest: NewestSet?) {
        guard let destination else { return ([], nil) }
        do {
            let own = try await SetList.read(destination).items.filter { isOwn($0) }
            let newest = newest(own)
            let room = try await SerialThread.looking(name: "room") { try FileSystemRoom(at: destination).freeBytes }
            return ([age(newest), self.room(room, newest)] + damage(own) + clock(own), newest)
        } catch {
            return ([CheckFinding("sets", .failed, Failure(error).message, advice: Failure(error).advice)], nil)
        }
    }

    private func isOwn(_ item: SetList.Item) -> Bool {
        guard let manifest = item.manifest, manifest.host == host else { return false }
        return volume == nil || manifest.volume == nil || manifest.volume?.name == volume
    }

    private func newest(_ items: [SetList.Item]) -> NewestSet? {
        let good = items.filter { $0.state == .good || $0.state == .elsewhere || $0.state == .snapshot }
        let past = good.filter { ($0.manifest?.moment.seconds ?? 0) <= now + 60 }
        let latest = past.max { ($0.manifest?.moment.seconds ?? 0) < ($1.manifest?.moment.seconds ?? 0) }
        guard let item = latest, let manifest = item.manifest else { return nil }
        return NewestSet(
            name: item.name,
            age: max(now - manifest.moment.seconds, 0),
            bytes: manifest.archive?.bytes,
            verified: item.verified.flatMap { $0.damage == nil ? $0.level : nil }
        )
    }

    private func age(_ newest: NewestSet?) -> CheckFinding {
        guard let newest else {
            return CheckFinding(
                "sets",
                .warning,
                "this host has no good backup set yet",
                advice: "run \"lvmbackup backup\""
            )
        }
        let verified = newest.verified.map { "verified at the level \"\($0)\"" } ?? "not verified"
        let text = "the newest, \"\(newest.name)\", is \(Self.words(newest.age)) old, \(verified)"
        let state: CheckFinding.State =
            newest.age > limits.critical ? .failed : newest.age > limits.warning ? .warning : .ok
        let advice = state == .ok ? nil : "look into the log of the runs since then"
        return CheckFinding("sets", state, text, advice: advice)
    }

    private func room(_ free: Int64, _ newest: NewestSet?) -> CheckFinding {
        guard let needed = newest?.bytes, free < needed else {
            return CheckFinding("room", .ok, "\(free.asSize) are free beside the sets")
        }
        return CheckFinding(
            "room",
            .warning,
            "\(free.asSize) are free beside the sets, and the newest has \(needed.asSize)",
            advice: "remove old sets with \"lvmbackup prune\", or make room"
        )
    }

    private func damage(_ items: [SetList.Item]) -> [CheckFinding] {
        let damaged = items.filter { if case .damaged = $0.state { true } else { false } }
        guard let first = damaged.first else { return [] }
        let text = "\(damaged.count) damaged, such as \"\(first.name)\""
        return [CheckFinding("sets", .warning, text, advice: "see \"lvmbackup list\"")]
    }

    /// A wrong clock spoils ages and retention.
    private func clock(_ items: [SetList.Item]) -> [CheckFinding] {
        guard let late = items.first(where: { ($0.manifest?.moment.seconds ?? 0) > now + 60 }) else {
            return [CheckFinding("clock", .ok, "no set is dated later than now")]
        }
        let text = "the set \"\(late.name)\" is dated later than now"
        return [CheckFinding("clock", .warning, text, advice: "set the clock of this host by NTP")]
    }

    private static func words(_ seconds: Double) -> String {
        seconds < 7200
            ? "\(Int(seconds / 60)) min"
            : seconds < 172_800 ? "\(Int(seconds / 3600)) h" : "\(Int(seconds / 86_400)) days"
    }
}
