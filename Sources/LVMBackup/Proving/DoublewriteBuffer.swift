import Host

/// The pages of a system tablespace that hold copies of pages of other tablespaces: their checksums are of other kinds.
///
/// MariaDB keeps its doublewrite buffer there, and innochecksum takes it for damage (measured, 10.11).
struct DoublewriteBuffer: Sendable, Equatable {
    /// The first pages of its two blocks, and the pages of each.
    var first: Int
    var second: Int
    var length: Int

    /// `TRX_SYS_DOUBLEWRITE` in trx0sys.h: 200 bytes before the end of page 5; a segment header of 10 bytes, a magic number,
    /// two page numbers.
    private static let magic = 536_853_855

    /// Nil where the tablespace has none.
    ///
    /// It blocks.
    ///
    /// - Throws: `HostError`
    init?(of file: HeldFile, pageSize: Int) throws {
        let offset = UInt64(5 * pageSize + pageSize - 200 + 10)
        let bytes = try file.read(from: offset, count: 12)
        guard bytes.count == 12 else { return nil }
        let numbers = stride(from: 0, to: 12, by: 4).map { start in
            bytes[start..<start + 4].reduce(0) { $0 << 8 | Int($1) }
        }
        guard numbers[0] == Self.magic, numbers[1] > 0, numbers[2] >= numbers[1] else { return nil }
        first = numbers[1]
        second = numbers[2]
        length = max(64, (1 << 20) / pageSize)
    }

    /// Options of innochecksum for all other pages, one list for each run of the program.
    var others: [[String]] {
        var ranges = [["--end-page=\(first - 1)"]]
        if second > first + length { ranges.append(["--start-page=\(first + length)", "--end-page=\(second - 1)"]) }
        return ranges + [["--start-page=\(second + length)"]]
    }
}
