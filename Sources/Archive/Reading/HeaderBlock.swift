/// A header block of 512 bytes as it was read: ustar, GNU's variant or the older form.
struct HeaderBlock {
    /// Type flags that ``UstarHeader/TypeFlag`` lacks, as it never writes them.
    enum Foreign {
        static let oldFile: UInt8 = 0
        static let contiguousFile = UInt8(ascii: "7")
        static let globalRecords = UInt8(ascii: "g")
        static let longName = UInt8(ascii: "L")
        static let longLink = UInt8(ascii: "K")
        static let gnuSparse = UInt8(ascii: "S")
    }

    let bytes: [UInt8]

    var isEmpty: Bool { bytes.allSatisfy { $0 == 0 } }

    /// The sum of all bytes, its own field counted as spaces; old programs summed signed bytes.
    var hasRightChecksum: Bool {
        guard let stored = number(148..<156) else { return false }
        var unsigned: Int64 = 8 * 32
        var signed: Int64 = 8 * 32
        for (index, byte) in bytes.enumerated() where !(148..<156).contains(index) {
            unsigned += Int64(byte)
            signed += Int64(Int8(bitPattern: byte))
        }
        return stored == unsigned || stored == signed
    }

    var type: UInt8 { bytes[156] }
    var isGNU: Bool { bytes[257..<265].elementsEqual(Array("ustar  \u{0}".utf8)) }
    private var isUstar: Bool { bytes[257..<263].elementsEqual(Array("ustar\u{0}".utf8)) }

    var name: [UInt8] {
        let prefix = isUstar ? text(345..<500) : []
        return prefix.isEmpty ? text(0..<100) : prefix + [UInt8(ascii: "/")] + text(0..<100)
    }

    var linkName: [UInt8] { text(157..<257) }
    var ownerName: [UInt8] { isUstar || isGNU ? text(265..<297) : [] }
    var groupName: [UInt8] { isUstar || isGNU ? text(297..<329) : [] }
    var mode: Int64? { number(100..<108) }
    var owner: Int64? { number(108..<116) }
    var group: Int64? { number(116..<124) }
    var size: Int64? { number(124..<136) }
    var modified: Int64? { number(136..<148) }

    // MARK: GNU's old form of sparse files (tar.h, struct oldgnu_header)

    /// The stretches that the header itself has.
    var sparseExtents: [Extent]? { extents(at: 386, count: 4) }
    var continuesSparse: Bool { bytes[482] != 0 }
    var realSize: Int64? { number(483..<495) }

    /// A block that continues a header's stretches.
    var furtherExtents: [Extent]? { extents(at: 0, count: 21) }
    var continuesFurther: Bool { bytes[504] != 0 }

    private func extents(at start: Int, count: Int) -> [Extent]? {
        var extents: [Extent] = []
        for place in stride(from: start, to: start + count * 24, by: 24) {
            if bytes[place] == 0 { break }
            guard let offset = number(place..<(place + 12)), let length = number((place + 12)..<(place + 24)) else {
                return nil
            }
            extents.append(Extent(offset: offset, length: length))
        }
        return extents
    }

    private func text(_ range: Range<Int>) -> [UInt8] { Array(bytes[range].prefix { $0 != 0 }) }

    /// Octal digits, or GNU's base 256 where the first bit is set; nil for anything else.
    func number(_ range: Range<Int>) -> Int64? {
        let field = bytes[range]
        guard let first = field.first, first & 0x80 != 0 else { return octal(field) }
        // The second bit is the sign.
        var number: Int64 = first & 0x40 != 0 ? -1 : 0
        for (index, byte) in field.enumerated() {
            let digit = Int64(index == 0 ? byte & 0x3f : byte)
            let (high, overflow) = number.multipliedReportingOverflow(by: index == 0 ? 64 : 256)
            guard !overflow else { return nil }
            number = high | digit
        }
        return number
    }

    private func octal(_ field: ArraySlice<UInt8>) -> Int64? {
        let digits = field.drop { $0 == 32 }.prefix { $0 != 32 && $0 != 0 }
        var number: Int64 = 0
        for digit in digits {
            guard 0x30...0x37 ~= digit, number >> 60 == 0 else { return nil }
            number = number << 3 | Int64(digit - 0x30)
        }
        return number
    }
}
