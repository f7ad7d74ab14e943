import Glibc

@testable import Archive

/// The lines in which two trees differ: "-" what only the first has, "+" what only the second has.
func difference(_ first: String, _ second: String) async throws -> [String] {
    try await onOwnThread {
        let missing = Set(try TreeListing(first, skipping: AwkwardTree.leftOut).lines)
        let added = Set(try TreeListing(second, skipping: AwkwardTree.leftOut).lines)
        return missing.subtracting(added).map { "- " + $0 } + added.subtracting(missing).map { "+ " + $0 }
    }
}

/// The attributes by which two trees are compared, one line a file.
struct TreeListing {
    let lines: [String]

    /// - Parameter skipping: names at the root that don't count.
    init(_ root: String, skipping: Set<String> = []) throws {
        var lines: [String] = []
        let tree = SourceTree(root: RawPath(root), name: RawPath("./"), isDataDirectory: false)
        let walk = try TreeWalk([tree], excludes: try ExcludePatterns([]))
        while let entry = try walk.next() {
            let name = entry.name.description
            if skipping.contains(where: { name == "./\($0)" || name.hasPrefix("./\($0)/") }) { continue }
            lines.append(try Self.line(entry))
        }
        self.lines = lines.sorted()
    }

    private static func line(_ entry: Entry) throws -> String {
        let status = entry.status
        let attributes = try ExtendedAttributes(of: entry.source)
        var fields = [
            String(
                describing: entry.name.bytes.map { $0 < 32 || $0 > 126 ? "%\($0)" : String(UnicodeScalar($0)) }.joined()
            ),
            String(status.mode, radix: 8),
            "\(status.owner):\(status.group)",
            status.isDirectory ? "" : "links=\(status.links)",
        ]
        // bsdtar restores neither a symbolic link's own time nor that of the directory it works in.
        if case .symbolicLink(let target) = entry.kind {
            fields.append("-> \(target)")
        } else if entry.name != RawPath("./") {
            fields.append("\(status.modified.seconds).\(status.modified.nanoseconds)")
        }
        if entry.kind == .characterDevice || entry.kind == .blockDevice { fields.append("device \(status.represents)") }
        for attribute in attributes.attributes { fields.append("\(attribute.name)=\(attribute.value)") }
        for list in [attributes.accessList, attributes.defaultList] {
            if let list { fields.append(String(decoding: list, as: UTF8.self)) }
        }
        if status.isRegular { fields.append(try content(entry)) }
        return fields.joined(separator: " ")
    }

    /// Size, holes and checksum.
    private static func content(_ entry: Entry) throws -> String {
        let descriptor = try openSource(entry.source)
        let map = try SparseMap(descriptor, path: entry.source, size: entry.size)
        let hasher = Hasher128()
        var position: Int64 = 0
        var stretches: [String] = []
        try map.visit { extent in
            let data = ByteBuffer(capacity: Int(extent.length))
            try FileReader(dropsBehind: false).append(extent, of: descriptor, entry.source, to: data)
            try hasher.updateZeros(extent.offset - position)
            hasher.update(data.bytes)
            position = extent.end
            if extent.length > 0 { stretches.append("\(extent.offset)+\(extent.length)") }
        }
        try hasher.updateZeros(entry.size - position)
        return "\(entry.size) [\(stretches.joined(separator: ","))] \(hasher.digest)"
    }
}

/// The names of a directory's members, sorted.
func memberNames(_ path: String) throws -> [String] {
    let reader = try DirectoryReader(RawPath(path))
    var names: [String] = []
    while true {
        let batch = try reader.nextBatch()
        if batch.isEmpty { return names.sorted() }
        names += batch.map { String(decoding: $0, as: UTF8.self) }
    }
}
