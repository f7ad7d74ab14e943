internal import Host
internal import Lifecycle

/// The content of a destination as people want to see it: sets, damaged and partial ones, other things.
package struct SetList: Sendable {
    package enum State: Equatable, Sendable {
        case good
        /// The snapshot itself is the backup.
        case snapshot
        /// The archive is at another place.
        case elsewhere
        case damaged(String)
        /// A run writes it, or left it behind.
        case partial
        /// No backup set.
        case foreign(String)
    }

    package struct Item: Sendable {
        /// The name of the directory.
        package var name: String
        package var state: State
        package var manifest: Manifest?
        package var verified: VerifiedMark?
        package var isKept = false
        /// When the volume was put back to the set's snapshot; nil where it was not.
        package var rollback: RollbackMark?
    }

    package let destination: String
    /// Newest first; those without a manifest at the end.
    package private(set) var items: [Item] = []

    /// - Throws: ``ArchiveError/unreadable(path:offset:errno:)`` where the destination cannot be listed.
    package static func read(_ destination: String) async throws -> SetList {
        try await onOwnThread { try SetList(of: destination) }
    }

    private init(of destination: String) throws(ArchiveError) {
        self.destination = destination
        let catalog = try Catalog(of: destination)
        let place = try DestinationDirectory(destination)
        for entry in catalog.sets {
            var item = Item(name: entry.name, state: Self.state(of: entry), manifest: entry.manifest)
            if let directory = try place.set(FileName(entry.name)) {
                item.verified = SetMarks.verification(of: directory)
                item.isKept = try SetMarks.isKept(directory)
                item.rollback = SetMarks.rollback(of: directory)
            }
            if item.state == .good, let damage = item.verified?.damage { item.state = .damaged(damage) }
            items.append(item)
        }
        for foreign in catalog.foreign where !Self.isBeside(foreign, catalog) {
            items.append(Item(name: foreign.name, state: .foreign(foreign.reason)))
        }
        for name in try place.names().compactMap(\.text) where name.hasPrefix(".") && name.hasSuffix(".partial") {
            items.append(Item(name: name, state: .partial))
        }
    }

    /// Whether it is a file of a set that is listed, such as its checksums: the set's name with an ending.
    private static func isBeside(_ foreign: Catalog.Foreign, _ catalog: Catalog) -> Bool {
        foreign.reason == Catalog.noDirectory && catalog.sets.contains { foreign.name.hasPrefix($0.name + ".") }
    }

    private static func state(of entry: Catalog.Entry) -> State {
        if let fault = entry.fault { return .damaged(fault) }
        guard let archive = entry.manifest.archive else { return .snapshot }
        return archive.parts.isEmpty ? .elsewhere : .good
    }

    /// The set that a name stands for: "latest" for the newest good one, a set's name, a run's id, or a beginning of
    /// either that only one set has.
    ///
    /// - Throws: ``ReadError/noSet(_:why:advice:)`` with the candidates.
    package func find(_ name: String) throws(ReadError) -> Item {
        let sets = items.filter { $0.manifest != nil }
        if name == "latest" {
            if let newest = sets.first(where: { $0.state == .good }) { return newest }
            if let other = sets.first(where: { $0.state == .elsewhere }) {
                throw .noSet(
                    name,
                    why: "the archives of \"\(destination)\" are at another place",
                    advice: "\"lvmbackup show \(other.name)\" names the place of the newest"
                )
            }
            throw .noSet(name, why: "\"\(destination)\" holds no good set", advice: "name another place with --from")
        }
        if let exact = items.first(where: { $0.name == name }) { return exact }
        let matching = sets.filter { $0.name.hasPrefix(name) || ($0.manifest?.run.hasPrefix(name) ?? false) }
        if let only = matching.first, matching.count == 1 { return only }
        let names = sets.flatMap { [$0.name, $0.manifest?.run ?? $0.name] } + ["latest"]
        if matching.isEmpty, let near = nearest(to: name, among: names) {
            throw .noSet(name, why: "\"\(destination)\" has no such set", advice: "did you mean \"\(near)\"?")
        }
        let candidates = (matching.isEmpty ? sets : matching).prefix(10).map { "\"\($0.name)\"" }
        throw .noSet(
            name,
            why: matching.isEmpty ? "\"\(destination)\" has no such set" : "\(matching.count) sets begin so",
            advice: candidates.isEmpty
                ? "name another place with --from" : "name one of \(candidates.joined(separator: ", "))"
        )
    }
}
