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
    /// Code that a run takes, and that is likely to be meant otherwise: a warning for each.
    package var doubts: [HookMistake] { doubts(under: .usual) }

    /// The doubts under a run's settings.
    package func doubts(under settings: ScanSettings) -> [HookMistake] {
        // Loading the file reports a text that is no Lua.
        guard let block = try? LuaParser.parse(text) else { return [] }
        let scan = HookScan(file: fileName, settings)
        scan.read(block)
        guard !isLibrary, !scan.isBinding, scan.found.isEmpty else { return scan.doubts }
        return scan.doubts + [HookMistake(file: fileName, line: 1, message: "the file binds no hook")]
    }

    /// The secrets that it names, each with the first line that does.
    package var secrets: [(name: String, line: Int)] {
        // Loading the file reports a text that is no Lua.
        guard let block = try? LuaParser.parse(text) else { return [] }
        let scan = HookScan(file: fileName)
        scan.read(block)
        return scan.secrets
    }

    /// Whether one of its replacements of a step may decline it, also where that cannot be read.
    func mayDecline(_ step: String) -> Bool {
        // Loading the file reports a text that is no Lua.
        guard let block = try? LuaParser.parse(text) else { return true }
        let scan = HookScan(file: fileName)
        scan.read(block)
        let replacements = scan.bound.filter { $0.verb == .replace && $0.target == step }
        return replacements.isEmpty || replacements.contains { $0.function.mayDecline }
    }

    /// The mistakes that are found without running the file; none in a text that cannot be read as Lua.
    package var mistakes: [HookMistake] { mistakes(under: .usual) }

    /// The mistakes under a run's settings.
    package func mistakes(under settings: ScanSettings) -> [HookMistake] {
        let block: [LuaStatement]
        do { block = try LuaParser.parse(text) } catch { return libraryMistakes(unreadable: error.line) }
        let scan = HookScan(file: fileName, settings)
        scan.read(block)
        return scan.found + twins(scan) + libraryMistakes(block)
    }

    /// Hooks whose whole text is there twice.
    private func twins(_ scan: HookScan) -> [HookMistake] {
        let lines = text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).map(Array.init)
        let texts = scan.bound.map { Array(lines[($0.function.line - 1)..<$0.function.lastLine]) }
        return scan.bound.indices.compactMap { index in
            let hook = scan.bound[index]
            let first = scan.bound[..<index].indices.first {
                let other = scan.bound[$0]
                return other.verb == hook.verb && other.target == hook.target && texts[$0] == texts[index]
                    && other.function.line != hook.function.line
            }
            guard let first else { return nil }
            let message =
                "the same function is bound to \(hook.verb.rawValue)(\"\(hook.target)\") in line \(scan.bound[first].function.line)"
            return HookMistake(file: fileName, line: hook.function.line, message: message)
        }
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
