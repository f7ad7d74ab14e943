/// One header block of 512 bytes (POSIX.1-1988 ustar).
struct UstarHeader {
    enum TypeFlag: UInt8 {
        case file = 0x30
        case hardLink, symbolicLink, characterDevice, blockDevice, directory, fifo
        /// 'x': pax records for the next member.
        case extended = 0x78
    }

    static let size = 512
    /// The largest number that eleven octal digits hold.
    static let largestSize: Int64 = 0o77_777_777_777
    /// The largest number that seven octal digits hold.
    static let largestID: UInt32 = 0o7_777_777

    var name: ArraySlice<UInt8> = []
    var prefix: ArraySlice<UInt8> = []
    var mode: UInt32 = 0o600
    var owner: UInt32 = 0
    var group: UInt32 = 0
    var length: Int64 = 0
    var modified: Int64 = 0
    var type = TypeFlag.file
    var linkName: ArraySlice<UInt8> = []
    var ownerName: ArraySlice<UInt8> = []
    var groupName: ArraySlice<UInt8> = []
    var deviceMajor: UInt32 = 0
    var deviceMinor: UInt32 = 0

    /// The block; a number that does not fit its field is written as 0 (a pax record has it).
    func append(to buffer: ByteBuffer) {
        let start = buffer.count
        buffer.appendZeros(Self.size)
        let block = UnsafeMutableRawBufferPointer(start: buffer.base + start, count: Self.size)
        put(name, block, at: 0, limit: 100)
        putOctal(UInt64(mode & 0o7777), block, at: 100, digits: 7)
        putOctal(UInt64(owner), block, at: 108, digits: 7)
        putOctal(UInt64(group), block, at: 116, digits: 7)
        putOctal(UInt64(length), block, at: 124, digits: 11)
        putOctal(UInt64(max(modified, 0)), block, at: 136, digits: 11)
        block[156] = type.rawValue
        put(linkName, block, at: 157, limit: 100)
        put(Array("ustar\u{0}00".utf8)[...], block, at: 257, limit: 8)
        put(ownerName, block, at: 265, limit: 31)
        put(groupName, block, at: 297, limit: 31)
        putOctal(UInt64(deviceMajor), block, at: 329, digits: 7)
        putOctal(UInt64(deviceMinor), block, at: 337, digits: 7)
        put(prefix, block, at: 345, limit: 155)
        putChecksum(block)
    }

    /// A name in the two fields that a header has for it; nil where it fits neither.
    static func split(_ name: [UInt8]) -> (prefix: ArraySlice<UInt8>, name: ArraySlice<UInt8>)? {
        if name.count <= 100 { return ([], name[...]) }
        guard name.count <= 256 else { return nil }
        for index in max(name.count - 101, 1)...min(155, name.count - 2) where name[index] == UInt8(ascii: "/") {
            return (name[..<index], name[(index + 1)...])
        }
        return nil
    }

    private func put(_ text: ArraySlice<UInt8>, _ block: UnsafeMutableRawBufferPointer, at offset: Int, limit: Int) {
        for (index, byte) in text.prefix(limit).enumerated() { block[offset + index] = byte }
    }

    private func putOctal(_ number: UInt64, _ block: UnsafeMutableRawBufferPointer, at offset: Int, digits: Int) {
        var rest = number >> UInt64(digits * 3) == 0 ? number : 0
        for index in stride(from: offset + digits - 1, through: offset, by: -1) {
            block[index] = UInt8(ascii: "0") + UInt8(rest & 7)
            rest >>= 3
        }
    }

    /// The sum of all bytes, the field itself counted as eight spaces.
    private func putChecksum(_ block: UnsafeMutableRawBufferPointer) {
        let sum = block.reduce(UInt64(8 * 32)) { $0 + UInt64($1) }
        putOctal(sum, block, at: 148, digits: 6)
        block[155] = UInt8(ascii: " ")
    }
}
