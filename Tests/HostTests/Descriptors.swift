import Glibc
import Host

enum Descriptors {
    @discardableResult
    static func create(_ path: String, text: String = "") throws -> Int32 {
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw HostError.systemCall("open", on: path, errno: errno) }
        _ = write(descriptor, text, text.utf8.count)
        return descriptor
    }
}
