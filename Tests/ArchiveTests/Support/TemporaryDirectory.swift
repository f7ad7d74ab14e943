import Glibc

/// A directory of a test's own, removed with it.
final class TemporaryDirectory: Sendable {
    let path: String

    init() throws {
        var template = Array("/tmp/lvmbackup-archive-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else {
            throw ToolFailed(command: "mkdtemp", output: String(cString: strerror(errno)))
        }
        path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    deinit {
        // A test may have taken rights away from a directory; what stays is in /tmp.
        _ = try? runShell("chmod -R u+rwx '\(path)'; rm -rf '\(path)'", in: "/")
    }

    func path(_ name: String) -> String { path + "/" + name }

    /// Makes a directory in this one.
    func directory(_ name: String) throws -> String {
        guard mkdir(path(name), 0o755) == 0 else { throw ToolFailed(command: "mkdir", output: name) }
        return path(name)
    }

    /// Writes a file with this text.
    func write(_ text: String, to name: String) throws {
        guard let file = fopen(path(name), "w") else { throw ToolFailed(command: "fopen", output: name) }
        fputs(text, file)
        fclose(file)
    }
}

/// A command that a test needs failed.
struct ToolFailed: Error, CustomStringConvertible {
    let command: String
    let output: String

    var description: String { "\(command)\n\(output)" }
}
