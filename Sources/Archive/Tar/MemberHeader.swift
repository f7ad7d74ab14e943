import CLinux
import Glibc

/// The header of a member: a ustar block, with pax records before it for values that do not fit.
struct MemberHeader {
    let entry: Entry
    let attributes: ExtendedAttributes?
    /// Bytes that follow the header, without padding.
    let storedLength: Int64
    /// Whether a sparse map and the data follow.
    let isSparse: Bool

    func append(to buffer: ByteBuffer) {
        var header = ustar
        let records = paxRecords(&header)
        if !records.isEmpty { appendPax(records, to: buffer) }
        header.append(to: buffer)
    }

    private var ustar: UstarHeader {
        let status = entry.status
        var header = UstarHeader()
        header.mode = status.mode
        header.owner = status.owner
        header.group = status.group
        header.length = storedLength
        header.modified = status.modified.seconds
        header.type = type
        header.ownerName = entry.ownerName[...]
        header.groupName = entry.groupName[...]
        if entry.kind == .characterDevice || entry.kind == .blockDevice {
            header.deviceMajor = UInt32(linux_major(status.represents))
            header.deviceMinor = UInt32(linux_minor(status.represents))
        }
        return header
    }

    private var type: UstarHeader.TypeFlag {
        switch entry.kind {
        case .file: .file
        case .directory: .directory
        case .fifo: .fifo
        case .characterDevice: .characterDevice
        case .blockDevice: .blockDevice
        case .symbolicLink: .symbolicLink
        case .hardLink: .hardLink
        }
    }

    private func paxRecords(_ header: inout UstarHeader) -> PaxRecords {
        var records = PaxRecords()
        addNames(&records, &header)
        addNumbers(&records)
        if let attributes { add(attributes, &records) }
        return records
    }

    private func addNames(_ records: inout PaxRecords, _ header: inout UstarHeader) {
        let name = entry.name.bytes
        let fields = UstarHeader.split(name)
        let link = linkTarget
        if let fields { (header.prefix, header.name) = fields } else { header.name = name.prefix(100) }
        header.linkName = link[...]
        let needsName = fields == nil && !isSparse
        let needsLink = link.count > 100
        let isBinary = (needsName && entry.name.text == nil) || (needsLink && RawPath(bytes: link).text == nil)
        if isBinary { records.add("hdrcharset", "BINARY") }
        if isSparse { addSparse(&records, &header) } else if needsName { records.add("path", name) }
        if needsLink { records.add("linkpath", link) }
        if entry.ownerName.count > 31 { records.add("uname", entry.ownerName) }
        if entry.groupName.count > 31 { records.add("gname", entry.groupName) }
    }

    /// GNU's sparse format 1.0: the member's own name tells a reader that does not know the format.
    private func addSparse(_ records: inout PaxRecords, _ header: inout UstarHeader) {
        records.add("GNU.sparse.major", "1")
        records.add("GNU.sparse.minor", "0")
        records.add("GNU.sparse.name", entry.name.bytes)
        records.add("GNU.sparse.realsize", String(entry.status.size))
        header.prefix = []
        header.name = (Array("./GNUSparseFile/".utf8) + entry.name.name).prefix(100)
    }

    private func addNumbers(_ records: inout PaxRecords) {
        let status = entry.status
        if storedLength > UstarHeader.largestSize { records.add("size", String(storedLength)) }
        if status.owner > UstarHeader.largestID { records.add("uid", String(status.owner)) }
        if status.group > UstarHeader.largestID { records.add("gid", String(status.group)) }
        let seconds = status.modified.seconds
        if status.modified.nanoseconds != 0 || seconds < 0 || seconds > UstarHeader.largestSize {
            records.add("mtime", status.modified.paxText)
        }
    }

    private func add(_ attributes: ExtendedAttributes, _ records: inout PaxRecords) {
        for attribute in attributes.attributes {
            records.add(Array("SCHILY.xattr.".utf8) + escaped(attribute.name), attribute.value)
        }
        if let list = attributes.accessList { records.add("SCHILY.acl.access", list) }
        if let list = attributes.defaultList { records.add("SCHILY.acl.default", list) }
    }

    /// A "=" would end the key: GNU tar writes it, and the "%" that marks it, in hexadecimal.
    private func escaped(_ name: [UInt8]) -> [UInt8] {
        name.flatMap { byte in
            switch byte {
            case UInt8(ascii: "="): Array("%3D".utf8)
            case UInt8(ascii: "%"): Array("%25".utf8)
            default: [byte]
            }
        }
    }

    private var linkTarget: [UInt8] {
        switch entry.kind {
        case .symbolicLink(let target), .hardLink(let target): target.bytes
        default: []
        }
    }

    private func appendPax(_ records: PaxRecords, to buffer: ByteBuffer) {
        var header = UstarHeader()
        header.name = (Array("./PaxHeaders/".utf8) + entry.name.name).prefix(100)
        header.mode = 0o644
        header.length = Int64(records.bytes.count)
        header.modified = entry.status.modified.seconds
        header.type = .extended
        header.append(to: buffer)
        let start = buffer.count
        buffer.append(records.bytes)
        buffer.padToBlock(from: start)
    }
}
