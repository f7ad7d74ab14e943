import Glibc
import Host

/// A directory that is removed with its owner.
final class ScratchDirectory: Sendable {
    let path: String

    init() throws {
        var template = Array("/tmp/storage-tests-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw HostError.systemCall("mkdtemp", on: "/tmp", errno: errno) }
        path = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
    }

    // A directory that cannot be removed stays in /tmp.
    deinit { try? Self.remove(path) }

    /// Never through a symbolic link.
    private static func remove(_ path: String) throws {
        guard try FileIdentity(of: path, followLinks: false).isDirectory else {
            unlink(path)
            return
        }
        for name in try listDirectory(path) { try remove(path + "/" + name) }
        rmdir(path)
    }
}
