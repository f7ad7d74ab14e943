/// A mistake in a hook file that is found by reading it: running it would raise an error, or lose something.
package struct HookMistake: Equatable, Sendable, Codable {
    /// The file's name.
    package var file: String
    package var line: Int
    package var message: String

    package init(file: String, line: Int, message: String) {
        (self.file, self.line, self.message) = (file, line, message)
    }
}

extension HookFile {
    /// The mistakes that are found without running the file; none in a text that cannot be read as Lua.
    package var mistakes: [HookMistake] {
        let block: [LuaStatement]
        do { block = try LuaParser.parse(text) } catch { return libraryMistakes(unreadable: error.line) }
        let scan = HookScan(file: fileName)
        scan.read(block)
        return scan.found + libraryMistakes(block)
    }

    private var isLibrary: Bool { fileName.hasPrefix("lib/") }

    /// Lua says what is wrong with the files that it loads, but a library that no file requires is not loaded.
    private func libraryMistakes(unreadable line: Int) -> [HookMistake] {
        guard isLibrary else { return [] }
        return [HookMistake(file: fileName, line: line, message: "this is not Lua")]
    }

    private func libraryMistakes(_ block: [LuaStatement]) -> [HookMistake] {
        guard isLibrary, !block.contains(where: \.isReturn) else { return [] }
        let message = "the library returns nothing: end it with return, such as return { send = send }"
        return [
            HookMistake(
                file: fileName,
                line: text.split(separator: "\n", omittingEmptySubsequences: false).count,
                message: message
            )
        ]
    }
}

extension LuaStatement {
    fileprivate var isReturn: Bool {
        switch self {
        case .return: true
        case .block(let body): body.contains(where: \.isReturn)
        case .branches(let branches, let otherwise):
            branches.contains { $0.body.contains(where: \.isReturn) } || otherwise?.contains(where: \.isReturn) == true
        default: false
        }
    }
}
