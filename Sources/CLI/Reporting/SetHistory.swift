import Archive

/// The sets of one destination in the order of time, with the gaps between them.
struct SetHistory {
    /// A time in which a backup is missing.
    struct Gap: Equatable {
        /// Seconds since 1970.
        var start: Double
        var end: Double
    }

    /// Oldest first: those with a manifest, whose number makes sense.
    let items: [SetList.Item]
    /// Seconds from one set to the next, as most of them are; nil for fewer than four sets.
    let interval: Double?

    /// A run that is late by less than half of the usual time is not missed.
    private static let tolerance = 1.5

    init(_ list: SetList) {
        items = list.items.filter { $0.manifest != nil }.sorted { Self.time($0) < Self.time($1) }
        let times = items.map(Self.time)
        let steps = zip(times, times.dropFirst()).map { $1 - $0 }.sorted()
        interval = steps.count < 3 ? nil : steps[steps.count / 2]
    }

    /// Seconds since 1970 of a set's data.
    static func time(_ item: SetList.Item) -> Double { item.manifest?.moment.seconds ?? 0 }

    /// The gaps between sets, and the one up to `now`.
    func gaps(now: Double) -> [Gap] {
        guard let interval, interval > 0 else { return [] }
        let times = items.map(Self.time) + [now]
        return zip(times, times.dropFirst()).compactMap { earlier, later in
            later - earlier > interval * Self.tolerance ? Gap(start: earlier, end: later) : nil
        }
    }
}
