import Host

/// An active volume as the kernel knows it: no LVM command is needed to ask.
enum ActiveDevice {
    /// The UUID of the logical volume behind a node; nil where the node is missing or not LVM's.
    static func volumeUUID(_ device: String) -> String? {
        // Without a node there is no answer; the caller can do without it.
        guard let node = try? FileIdentity(of: device),
            let bytes = try? readFile("/sys/dev/block/\(node.represents)/dm/uuid")
        else { return nil }
        return volumeUUID(mapperUUID: String(decoding: bytes, as: UTF8.self))
    }

    /// - Parameter mapperUUID: "LVM-", 32 letters of the group, 32 of the volume.
    static func volumeUUID(mapperUUID: String) -> String? {
        let word = mapperUUID.split(whereSeparator: \.isWhitespace).first ?? ""
        guard word.hasPrefix("LVM-"), word.count == 68 else { return nil }
        var rest = word.dropFirst(36)
        return [6, 4, 4, 4, 4, 4, 6].map { length in
            defer { rest = rest.dropFirst(length) }
            return String(rest.prefix(length))
        }.joined(separator: "-")
    }
}
