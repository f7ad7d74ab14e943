import Glibc
import Host

/// A file of tests and the hook file beside it.
package struct TestFiles: Sendable {
    static let ending = "_test.lua"

    package let test: HookFile
    package let hook: HookFile
    /// Where both are, without links.
    let directory: String
    /// The test file as the user named it.
    package let path: String

    /// - Parameter path: of a test file, or of a hook file, whose test is meant then.
    /// - Throws: ``HookError`` for a file that is not there, has no hook's name, or that others could have changed.
    package init(_ path: String) throws {
        let named = path.hasSuffix(Self.ending) ? path : path.hasSuffix(".lua") ? path.dropLast(4) + Self.ending : path
        let parts = named.split(separator: "/", omittingEmptySubsequences: false)
        let fileName = parts.last.map(String.init) ?? ""
        let folder = parts.dropLast().joined(separator: "/")
        let hookName = fileName.dropLast(Self.ending.count) + ".lua"
        guard fileName.hasSuffix(Self.ending), let name = HookFile.name(of: String(hookName)) else {
            throw HookError.unreadable(path, reason: "a test is called like 10-name_test.lua, beside 10-name.lua")
        }
        directory = try HookText.directory(folder.isEmpty ? named.hasPrefix("/") ? "/" : "." : folder)
        self.path = named
        test = try Self.read(fileName, name, directory)
        hook = try Self.read(String(hookName), name, directory)
    }

    private static func read(_ fileName: String, _ name: String, _ directory: String) throws -> HookFile {
        let path = "\(directory)/\(fileName)"
        return HookFile(fileName: fileName, name: name, path: path, text: try HookText.read(path))
    }

    /// The tests of the files and directories that the user named.
    ///
    /// Each comes once, also where both the hook and its test are named.
    ///
    /// - Throws: ``HookError``, `HostError`.
    package static func named(_ paths: [String]) throws -> [TestFiles] {
        var seen: Set<String> = []
        let all = try paths.flatMap { path -> [TestFiles] in
            // Of a missing path the file's own error tells.
            if (try? FileIdentity(of: path).isDirectory) == true { return try find(in: path) }
            return [try TestFiles(path)]
        }
        return all.filter { seen.insert($0.test.path).inserted }
    }

    /// The tests of a directory, in the order of their names.
    ///
    /// - Throws: ``HookError``, `HostError`.
    package static func find(in directory: String) throws -> [TestFiles] {
        let names = try listDirectory(try HookText.directory(directory)).filter { $0.hasSuffix(ending) }
        return try names.sorted().map { try TestFiles("\(directory)/\($0)") }
    }
}
