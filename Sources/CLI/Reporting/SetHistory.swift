import Archive
import Host

/// The sets of one source in the order of time, with the gaps between them.
struct SetHistory {
    /// A time in which a backup is missing.
    struct Gap: Equatable {
        /// Seconds since 1970.
        var start: Double
        var end: Double
        /// Backups that are missing, by the usual interval.
        var missed: Int

        var text: String {
            "\(missed == 1 ? "1 backup" : "\(missed) backups") between \(localTime(start)) and \(localTime(end))"
        }
    }

    /// Oldest first; each has a manifest.
    let items: [SetList.Item]
    /// Seconds from one set to the next, as most of them are; nil for fewer than four sets.
    let interval: Double?

    /// A run that is late by less than half of the usual time is not missed.
    private static let tolerance = 1.5

    /// The history of each source of a destination: sets of different sources do not follow each other.
    static func all(of list: SetList) -> [SetHistory] {
        var groups: [(source: Source, items: [SetList.Item])] = []
        for item in list.items {
            guard let source = item.manifest?.source else { continue }
            if let index = groups.firstIndex(where: { $0.source.isSame(as: source) }) {
                groups[index].items.append(item)
            } else {
                groups.append((source, [item]))
            }
        }
        return groups.map { SetHistory($0.items) }
    }

    private init(_ sets: [SetList.Item]) {
        items = sets.sorted { Self.time($0) < Self.time($1) }
        let times = items.map(Self.time)
        let steps = zip(times, times.dropFirst()).map { $1 - $0 }.sorted()
        interval = steps.count < 3 ? nil : steps[steps.count / 2]
    }

    /// The newest set's host, volume and server.
    var name: String {
        guard let manifest = items.last?.manifest else { return "" }
        let server = manifest.server.map { "\($0.flavour) \($0.version)" }
        return [manifest.host, manifest.volume?.name, server].compactMap(\.self).joined(separator: ", ")
    }

    /// Seconds since 1970 of a set's data.
    static func time(_ item: SetList.Item) -> Double { item.manifest?.moment.seconds ?? 0 }

    /// The gaps between sets, and the one up to `now`.
    func gaps(now: Double) -> [Gap] {
        guard let interval, interval > 0 else { return [] }
        let times = items.map(Self.time) + [now]
        return zip(times, times.dropFirst()).compactMap { earlier, later in
            guard later - earlier > interval * Self.tolerance else { return nil }
            // Numbers of manifests may make no sense, and many sets of one moment make a tiny interval.
            let missed = Int(exactly: ((later - earlier) / interval).rounded()) ?? Int.max
            return Gap(start: earlier, end: later, missed: max(1, missed - 1))
        }
    }
}
