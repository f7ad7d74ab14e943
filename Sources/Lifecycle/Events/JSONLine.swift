import FoundationEssentials

extension Event {
    /// The event as one line of JSON, the schema's version first, without a line break.
    ///
    /// - Throws: where a number in it is not finite.
    public func jsonLine() throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let object = String(decoding: try encoder.encode(self), as: UTF8.self)
        return "{\"schema\":\(Self.schema)," + object.dropFirst()
    }

    /// Reads back what ``jsonLine()`` wrote.
    ///
    /// - Throws: a `DecodingError` for a line of another form.
    public init(jsonLine line: String) throws {
        self = try JSONDecoder().decode(Event.self, from: Data(line.utf8))
    }
}
