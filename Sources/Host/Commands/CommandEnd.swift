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
    private let file: NewFile

    /// Creates a file beside the path, mode 600, for this user alone.
    ///
    /// - Throws: ``HostError``.
    init(_ path: String) throws {
        file = try FilePlace(path).begin()
        do { end = CommandEnd(try file.file.appending()) } catch {
            file.discard()
            throw error
        }
    }

    /// Gives it its name, once its bytes are on the disk.
    ///
    /// - Throws: ``HostError/systemCall(_:on:errno:)``; the file is gone then.
    func publish() throws { try file.publish() }

    func discard() { file.discard() }
}
