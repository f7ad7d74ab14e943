import FoundationEssentials
import Host

#if canImport(Glibc)
    import Glibc
#endif

/// A directory that is gone with its owner.
final class ScratchDirectory: Sendable {
    let path: String

    init(in parent: String = "/tmp") throws {
        var template = Array("\(parent)/lvmbackup-test-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw CocoaError(.fileWriteUnknown) }
        path = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }  // a leftover in /tmp fails no test

    var held: HeldDirectory { get throws { try HeldDirectory(path) } }

    /// Writes a file and returns its path.
    @discardableResult
    func write(_ bytes: some Sequence<UInt8>, to name: String) throws -> String {
        let file = path + "/" + name
        try Data(Array(bytes)).write(to: URL(filePath: file))
        return file
    }

    func read(_ name: String) throws -> [UInt8] { try [UInt8](Data(contentsOf: URL(filePath: path + "/" + name))) }

    var names: [String] { get throws { try FileManager.default.contentsOfDirectory(atPath: path).sorted() } }
}
