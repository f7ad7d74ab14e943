import FoundationEssentials
import Glibc
package import Host

/// A directory of a test's own, removed with its owner.
package final class ScratchDirectory: Sendable {
    package let path: String

    /// - Parameter parent: an existing directory.
    package init(in parent: String = "/tmp") throws {
        var template = Array("\(parent)/lvmbackup-test-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw ToolFailed.last("mkdtemp", parent) }
        path = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
    }

    deinit { removeTree(Array(path.utf8CString)) }

    package var held: HeldDirectory { get throws { try HeldDirectory(path) } }

    /// The path of a member.
    package func path(_ name: String) -> String { path + "/" + name }

    /// Makes a directory in this one.
    ///
    /// - Returns: its path.
    @discardableResult
    package func directory(_ name: String) throws -> String {
        guard mkdir(path(name), 0o755) == 0 else { throw ToolFailed.last("mkdir", name) }
        return path(name)
    }

    /// Writes a file.
    ///
    /// - Returns: its path.
    @discardableResult
    package func write(_ bytes: some Sequence<UInt8>, to name: String) throws -> String {
        try Data(bytes).write(to: URL(filePath: path(name)))
        return path(name)
    }

    /// Writes a file with this text.
    ///
    /// - Returns: its path.
    @discardableResult
    package func write(_ text: String, to name: String) throws -> String { try write(text.utf8, to: name) }

    package func read(_ name: String) throws -> [UInt8] { try Array(Data(contentsOf: URL(filePath: path(name)))) }

    /// The names of all members, hidden ones included, in order.
    package var names: [String] { get throws { try FileManager.default.contentsOfDirectory(atPath: path).sorted() } }
}

/// Removes a tree, never through a symbolic link; a member that cannot be removed stays in the parent of the directory.
///
/// Names are bytes: those of some tests are no text.
private func removeTree(_ path: [CChar]) {
    var status = stat()
    guard lstat(path, &status) == 0 else { return }
    guard status.st_mode & S_IFMT == S_IFDIR else {
        unlink(path)
        return
    }
    // A test may have taken rights away.
    chmod(path, 0o700)
    for name in members(path) { removeTree(path.dropLast() + [CChar(0x2f)] + name) }
    rmdir(path)
}

private func members(_ path: [CChar]) -> [[CChar]] {
    guard let stream = opendir(path) else { return [] }
    defer { closedir(stream) }
    var names: [[CChar]] = []
    while let entry = readdir(stream) {
        let name = withUnsafeBytes(of: entry.pointee.d_name) { $0.prefix { $0 != 0 }.map(CChar.init(bitPattern:)) }
        if name != [0x2e], name != [0x2e, 0x2e] { names.append(name + [0]) }
    }
    return names
}
