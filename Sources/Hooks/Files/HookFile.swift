import Glibc
import Host
import Lifecycle

/// A hook file: its name, and its text as it was read from the file that was checked.
package struct HookFile: Sendable {
    /// The file's name, such as "10-replica-lag.lua", as messages show it.
    package var fileName: String
    /// Its name in the configuration: the file's name without number and ending.
    package var name: String
    package var path: String
    package var text: String

    /// - Returns: nil for a name that is not a hook's.
    static func name(of fileName: String) -> String? {
        let parts = fileName.split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, parts[0].count == 2, parts[0].allSatisfy({ $0.isASCII && $0.isNumber }),
            fileName.hasSuffix(".lua"), !fileName.hasSuffix("_test.lua")
        else { return nil }
        let name = String(parts[1].dropLast(4))
        return isName(name) ? name : nil
    }

    /// Whether a hook file can have this name, between its number and its ending.
    package static func isName(_ name: String) -> Bool {
        let isPlain = name.allSatisfy { $0.isASCII && ($0.isLowercase || $0.isNumber || $0 == "-" || $0 == "_") }
        return isPlain && name.first.map { $0 != "-" && $0 != "_" } == true && !name.hasSuffix("_test")
    }
}

/// The hook files of a directory, in the order of their names.
package struct HookDirectory: Sendable {
    package var path: String
    package var files: [HookFile] = []
    /// The files of `lib`, as far as they can be read; `require` reads them again, and reports errors.
    package var libraries: [HookFile] {
        let library = "\(path)/lib"
        guard let names = try? listDirectory(library) else { return [] }
        return names.filter { $0.hasSuffix(".lua") }.sorted().compactMap { name in
            let path = "\(library)/\(name)"
            guard let text = try? HookText.read(path) else { return nil }
            return HookFile(fileName: "lib/\(name)", name: String(name.dropLast(4)), path: path, text: text)
        }
    }
    /// Files that are not hooks, and why.
    package var warnings: [String] = []

    /// Reads and checks the files.
    ///
    /// - Parameter isOptional: whether the directory may be absent.
    /// - Throws: ``HookError`` for each file that others could change, or that cannot be read.
    package static func read(_ path: String, isOptional: Bool) throws -> HookDirectory {
        var directory = HookDirectory(path: path)
        if isOptional, access(path, F_OK) != 0, errno == ENOENT { return directory }
        let real = try HookText.directory(path)
        directory.path = real
        var names: [String: String] = [:]
        var errors: [HookError] = []
        for fileName in try listDirectory(real).sorted(by: { Array($0.utf8).lexicographicallyPrecedes(Array($1.utf8)) })
        {
            if fileName == "lib" || fileName.hasSuffix("_test.lua") || fileName.hasPrefix("README") { continue }
            guard let name = HookFile.name(of: fileName) else {
                directory.warnings.append(
                    "\"\(real)/\(fileName)\" is not a hook: it is not named like 10-name.lua, and is left out"
                )
                continue
            }
            if let other = names[name] { errors.append(.sameName(name, files: [other, fileName])) }
            names[name] = fileName
            do {
                let text = try HookText.read("\(real)/\(fileName)")
                directory.files.append(
                    HookFile(fileName: fileName, name: name, path: "\(real)/\(fileName)", text: text)
                )
            } catch let error as HookError {
                errors.append(error)
            }
        }
        if let error = HookError(errors) { throw error }
        return directory
    }

    /// A file of `lib`, for `require`.
    ///
    /// - Throws: ``HookError``, ``LuaError`` for a name that is none.
    static func library(_ name: String, in directory: String) throws -> String {
        guard !name.isEmpty, name.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_" || $0 == "-") })
        else {
            let hint = API.insteadOfModule[name] ?? "modules lie there themselves, such as require(\"alarm\")"
            throw LuaError("require: \"\(name)\" is not a name of a file in \"\(directory)/lib\": \(hint)")
        }
        if access("\(directory)/lib/\(name).lua", F_OK) != 0, errno == ENOENT {
            // A directory that cannot be listed has no other name to offer.
            let others = ((try? listDirectory("\(directory)/lib")) ?? []).filter { $0.hasSuffix(".lua") }
            let near = nearest(to: name, among: others.map { String($0.dropLast(4)) }).map { "did you mean \"\($0)\"?" }
            let hint = API.insteadOfModule[name] ?? near ?? "a module is a file there"
            throw LuaError("require: there is no \"\(name).lua\" in \"\(directory)/lib\": \(hint)")
        }
        let library = try HookText.directory("\(directory)/lib")
        return try HookText.read("\(library)/\(name).lua")
    }
}
