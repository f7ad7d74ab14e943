import Host
import Testing

@testable import MySQL

@Suite struct TableDefinitionTests {
    /// Engines with and without numbers of their own, from the manuals of both products; the last one is made up.
    static let engines = [
        "InnoDB", "MyISAM", "Aria", "CSV", "ARCHIVE", "MRG_MyISAM", "MEMORY", "BLACKHOLE", "CONNECT", "S3", "SPIDER",
        "Columnstore", "ROCKSDB", "TokuDB", "Mroonga", "SPHINX", "FEDERATED", "OQGRAPH", "ndbcluster", "X_1-$",
    ]

    @Test(arguments: engines)
    func `a definition of MariaDB tells the engine beside all else that it holds`(engine: String) throws {
        // From 65535 on the header has the length at another place.
        for keys in [0, 1, 700, 0xFFFE, 0xFFFF, 0x1_0000, 200_000] {
            for connection in ["", "mysql://u@h/d/t", String(repeating: "x", count: 4000)] {
                let file = RecordedDefinition(engine: engine, keys: keys, row: keys % 97, connection: connection)
                #expect(try TableDefinition(frm: file.read) == .table(engine: engine))
                let partitioned = RecordedDefinition(
                    engine: "partition",
                    keys: keys,
                    section: [(2, 300), (9, 0x1FF), (0, 16)],
                    partitions: engine
                )
                #expect(try TableDefinition(frm: partitioned.read) == .table(engine: engine))
            }
        }
    }

    /// The first bytes of a definition that MariaDB 10.11.19 wrote, up to the engine's name.
    @Test func `a definition that a server wrote is read`() throws {
        let header: [UInt8] = [
            0xFE, 0x01, 0x0A, 0x2A, 0x12, 0x00, 0x56, 0x00, 0x01, 0x00, 0xAE, 0x01, 0x00, 0x00, 0x10, 0x00,
            0x05, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x02, 0x08, 0x00, 0x08, 0x00,
            0x00, 0x05, 0x00, 0x00, 0x00, 0x00, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x10,
            0x00, 0x00, 0x00, 0xFF, 0x8A, 0x01, 0x00, 0x0E, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
        ]
        let rest = [UInt8](repeating: 0, count: 107 - 64) + [0, 0, 4, 0] + Array("Aria".utf8)
        let file = RecordedDefinition(bytes: header + rest)
        #expect(try TableDefinition(frm: file.read) == .table(engine: "Aria"))
    }

    @Test(
        arguments: [
            ("", TableDefinition.none), ("TYPE=VIEW\nquery=select 1", .none), ("TYPE=TRIGGERS\n", .malformed),
            ("x", .malformed), (String(repeating: "x", count: 500), .malformed),
        ]
    )
    func `a view and an empty file define no table, and other text is malformed`(
        text: String,
        kind: TableDefinition
    ) throws {
        let file = RecordedDefinition(bytes: Array(text.utf8))
        #expect(try TableDefinition(frm: file.read) == kind)
    }

    @Test func `a definition that was cut short at any byte is malformed, or empty`() throws {
        let whole = RecordedDefinition(engine: "partition", keys: 30, section: [(9, 300)], partitions: "Aria").bytes
        for end in 1..<whole.count - 1 {
            let file = RecordedDefinition(bytes: Array(whole.prefix(end)))
            #expect(try TableDefinition(frm: file.read) == .malformed, "\(end) bytes")
        }
    }

    // MARK: MySQL

    private func sdi(_ engine: String, before: String = "", after: String = "") -> RecordedDefinition {
        let text =
            #"{"dd_object_type":"Table","dd_object":{"name":"engine","columns":[\#(before)],"#
            + #""schema_ref":"shop","#
        return RecordedDefinition(
            bytes: Array((text + #""engine":"\#(engine)","comment":"\#(after)","engine_attribute":""}}"#).utf8)
        )
    }

    @Test(arguments: engines)
    func `a definition of MySQL tells the engine at any place, and text in it does not`(engine: String) throws {
        let text = #"{"comment":"\"engine\":\"InnoDB\"","engine_attribute":"{\"engine\":\"X\"}"},"#
        for count in [0, 1, 60, 3000] {
            let file = sdi(engine, before: String(repeating: text, count: count), after: text.filter { $0 != "\"" })
            #expect(try TableDefinition(sdi: file.read) == .table(engine: engine))
        }
    }

    @Test func `the engine is found across every border of two pieces`() throws {
        for shift in 0..<120 {
            let filling = String(repeating: "x", count: 65536 - 140 + shift)
            #expect(try TableDefinition(sdi: sdi("MyISAM", before: filling).read) == .table(engine: "MyISAM"))
        }
    }

    @Test func `a file without an engine is malformed, and an empty one is none`() throws {
        let other = Array(#"{"dd_object_type":"Schema"}"#.utf8)
        #expect(try TableDefinition(sdi: RecordedDefinition(bytes: other).read) == .malformed)
        #expect(try TableDefinition(sdi: RecordedDefinition(bytes: []).read) == .none)
        #expect(try TableDefinition(sdi: sdi(String(repeating: "x", count: 65)).read) == .malformed)
    }
}

/// A `.frm` or `.sdi` file in memory.
struct RecordedDefinition {
    let bytes: [UInt8]

    init(bytes: [UInt8]) { self.bytes = bytes }

    /// - Parameters:
    ///   - section: types and lengths of values in the second section, before the engine of the partitions.
    init(
        engine: String,
        keys: Int = 5,
        row: Int = 5,
        connection: String = "",
        section: [(type: UInt8, length: Int)] = [],
        partitions: String? = nil
    ) {
        var second: [UInt8] = []
        for (type, length) in section {
            second += [type] + (length < 256 ? [UInt8(length)] : [0] + Self.number(length, 2))
            second += [UInt8](repeating: 1, count: length)
        }
        if let partitions { second += [1, UInt8(partitions.utf8.count)] + Array(partitions.utf8) }
        var header = [UInt8](repeating: 0, count: 64)
        header.replaceSubrange(0..<2, with: [0xFE, 0x01])
        header.replaceSubrange(4..<6, with: Self.number(second.count, 2))
        header.replaceSubrange(6..<8, with: Self.number(64 + second.count, 2))
        header.replaceSubrange(14..<16, with: Self.number(min(keys, 0xFFFF), 2))
        header.replaceSubrange(16..<18, with: Self.number(row, 2))
        header.replaceSubrange(47..<51, with: Self.number(keys, 4))
        let filling = [UInt8](repeating: 0xAA, count: keys + row)
        let names = [connection, engine].flatMap { Self.number($0.utf8.count, 2) + Array($0.utf8) }
        bytes = header + second + filling + names + [0]
    }

    func read(from offset: UInt64, count: Int) -> [UInt8] {
        Array(bytes.dropFirst(Int(offset)).prefix(count))
    }

    private static func number(_ value: Int, _ count: Int) -> [UInt8] {
        (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    }
}
