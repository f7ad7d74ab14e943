import Glibc
import Host

/// A directory that is removed with its owner, one level deep below it.
final class ScratchDirectory: Sendable {
    let path: String

    init() throws {
        var template = Array("/tmp/host-tests-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw HostError.systemCall("mkdtemp", on: "/tmp", errno: errno) }
        path = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
    }

    deinit { remove(path) }

    private func remove(_ path: String) {
        let names = (try? listDirectory(path)) ?? []  // not a directory
        for name in names { remove(path + "/" + name) }
        if rmdir(path) != 0 { unlink(path) }
    }
}

enum Descriptors {
    @discardableResult
    static func create(_ path: String, text: String = "") throws -> Int32 {
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw HostError.systemCall("open", on: path, errno: errno) }
        _ = write(descriptor, text, text.utf8.count)
        return descriptor
    }
}
