/// The device-mapper devices and the devices below each, as their live tables say.
struct DeviceStack: Sendable {
    private let below: [Substring: [Substring]]

    /// - Parameter listing: lines such as "vg0-mysql: 2 dependencies\t: (vg0-mysql-real) (sda)".
    init(_ listing: String) {
        let lines = listing.split(separator: "\n").compactMap { line in
            line.firstRange(of: ": ").map { (line[..<$0.lowerBound], Self.names(line[$0.upperBound...])) }
        }
        below = Dictionary(lines) { first, _ in first }
    }

    /// Those that stand on a device.
    func standing(on name: String) -> [String] {
        below.filter { $0.value.contains(name[...]) }.map { String($0.key) }.sorted()
    }

    /// The devices and all below them, each after the devices below it.
    ///
    /// - Parameter isIncluded: whether to go on below a device.
    func fromBelow(_ tops: [String], where isIncluded: (Substring) -> Bool) -> [String] {
        var seen: Set<Substring> = []
        var order: [String] = []
        func visit(_ name: Substring) {
            guard isIncluded(name), seen.insert(name).inserted else { return }
            for lower in below[name, default: []] { visit(lower) }
            order.append(String(name))
        }
        for top in tops { visit(top[...]) }
        return order
    }

    private static func names(_ text: Substring) -> [Substring] {
        text.split(separator: "(").dropFirst().compactMap { $0.split(separator: ")").first }
    }
}
