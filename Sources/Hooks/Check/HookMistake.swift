/// A mistake in a hook file that is found by reading it: running it would raise an error, or lose something.
public struct HookMistake: Equatable, Sendable, Codable {
    /// The file's name.
    public var file: String
    public var line: Int
    public var message: String

    public init(file: String, line: Int, message: String) {
        (self.file, self.line, self.message) = (file, line, message)
    }
}

extension HookFile {
    /// The mistakes that are found without running the file; none in a text that cannot be read as Lua.
    public var mistakes: [HookMistake] {
        guard let block = try? LuaParser.parse(text) else { return [] }
        let scan = HookScan(file: fileName)
        scan.read(block)
        return scan.found
    }
}
