import Synchronization

#if canImport(Glibc)
    import Glibc
#endif

/// A descriptor for a command's standard input or output.
///
/// It is closed here once the command has it: only then does the reader see the end of its input.
package final class CommandEnd: Sendable {
    private let descriptor: Mutex<Descriptor?>

    init(_ descriptor: Descriptor) { self.descriptor = Mutex(descriptor) }

    func take() -> Descriptor? {
        descriptor.withLock { descriptor in
            defer { descriptor = nil }
            return descriptor
        }
    }

    /// Two ends of a pipe, for two commands.
    ///
    /// - Throws: ``HostError/systemCall(_:on:errno:)``.
    package static func pipe() throws -> (read: CommandEnd, write: CommandEnd) {
        let (read, write) = try Descriptor.pipe()
        return (CommandEnd(read), CommandEnd(write))
    }
}

/// A file that takes a command's output: it appears whole, or not at all.
struct CommandFile: Sendable {
    let end: CommandEnd
    private let path: String
    private let temporary: String

    /// Creates a file beside the path, mode 600, for this user alone.
    ///
    /// - Throws: ``HostError/systemCall(_:on:errno:)``.
    init(_ path: String) throws {
        var template = Array("\(path).XXXXXX".utf8CString)
        let number = mkstemp(&template)
        guard number >= 0 else { throw HostError.last("create a file beside", path) }
        _ = fcntl(number, F_SETFD, FD_CLOEXEC)
        self.path = path
        temporary = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        end = CommandEnd(Descriptor(owning: number))
    }

    /// Gives it its name, once its bytes are on the disk.
    ///
    /// - Throws: ``HostError/systemCall(_:on:errno:)``; the file is gone then.
    func publish() throws {
        do {
            let written = try Descriptor.open(temporary, O_RDONLY | O_NOFOLLOW)
            guard fsync(written.number) == 0, rename(temporary, path) == 0 else { throw HostError.last("write", path) }
        } catch {
            discard()
            throw error
        }
    }

    func discard() { unlink(temporary) }
}
