internal import Host

/// The symbolic links of a set that lead to the set's own data, at the places that it had on the server's host.
///
/// A server that sees the data at these places needs the links. Others would lead it to files of this host.
struct DataLinks: Sendable {
    private typealias Steps = [[UInt8]]

    /// The data directory by the server's name for it, and without symbolic links where that is known.
    private let datadirs: [Steps]
    private let outside: [Steps]

    /// Nil for a set that does not tell its data directory.
    init?(of manifest: Manifest) {
        guard let datadir = manifest.server?.datadir, datadir.isAbsolutePath else { return nil }
        let real = manifest.volume.flatMap(Self.realDatadir)
        datadirs = ([datadir] + (real.map { [$0] } ?? [])).map { Self.resolved(Self.steps(Array($0.utf8))) }
        outside = (manifest.archive?.outside ?? []).map { Self.resolved(Self.steps(Array($0.utf8))) }
    }

    /// The paths of other data tell where the volume was mounted.
    private static func realDatadir(_ volume: Manifest.VolumeFacts) -> String? {
        guard let datadir = volume.datadir else { return nil }
        return (volume.outside ?? [:]).lazy.compactMap { path, member in
            !member.isEmpty && path.hasSuffix("/" + member) ? path.dropLast(member.utf8.count) + datadir : nil
        }.min()
    }

    /// The path to which a link leads from its place on the server's host; nil where the set has no data there.
    ///
    /// It holds for a server that sees the data at these places, wherever the link itself is. A path in the data directory is
    /// relative for a link in it: the data directory may have another place.
    func target(of link: MemberPath, to target: RawPath) -> RawPath? {
        let steps = Self.steps(target.bytes)
        let prefix = SourceTrees.outsidePrefix.utf8.split(separator: UInt8(ascii: "/")).dropFirst().map(Array.init)
        let isOutside = link.components.starts(with: prefix)
        let places =
            isOutside ? [Array(link.components.dropFirst(prefix.count))] : datadirs.map { $0 + link.components }
        for place in places {
            let isAbsolute = target.bytes.first == UInt8(ascii: "/")
            let end = Self.resolved(isAbsolute ? steps : place.dropLast() + steps)
            if let datadir = datadirs.first(where: { end.starts(with: $0) }) {
                let below = end.dropFirst(datadir.count)
                guard isOutside else {
                    let up = Steps(repeating: [0x2e, 0x2e], count: link.components.count - 1)
                    return Self.path(up + below, from: up.isEmpty && below.isEmpty ? [0x2e] : [])
                }
                return Self.path(datadirs[0] + below, from: [0x2f])
            }
            if outside.contains(where: { end.starts(with: $0) }) { return Self.path(end, from: [0x2f]) }
        }
        return nil
    }

    private static func path(_ steps: Steps, from start: [UInt8]) -> RawPath {
        RawPath(bytes: start + Array(steps.joined(separator: [0x2f])))
    }

    private static func steps(_ path: [UInt8]) -> Steps {
        path.split(separator: UInt8(ascii: "/")).map(Array.init).filter { $0 != [0x2e] }
    }

    /// Without "..", as if no step were a symbolic link: where one is, the set may seem to have no data there.
    private static func resolved(_ steps: some Sequence<[UInt8]>) -> Steps {
        steps.reduce(into: []) { path, step in
            if step == [0x2e, 0x2e] { _ = path.popLast() } else { path.append(step) }
        }
    }
}
