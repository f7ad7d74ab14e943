/// Files that the server makes anew at every start, by their places in the mounted snapshot.
struct TemporaryData: Sendable {
    private var files: Set<[UInt8]> = []
    private var directories: [[UInt8]: [Glob]] = [:]

    init(_ parts: [SourceTrees.Outside] = []) {
        for part in parts {
            if let names = part.names {
                directories[Array(part.source.utf8), default: []] += Glob.patterns(names)
            } else {
                files.insert(Array(part.source.utf8))
            }
        }
    }

    func holds(_ name: [UInt8], in directory: RawPath) -> Bool {
        if files.contains(directory.appending(name).bytes) { return true }
        var place = directory.bytes
        while place.count > 1, place.last == UInt8(ascii: "/") { place.removeLast() }
        return directories[place]?.contains { $0.matches(name) } ?? false
    }
}
