import Archive
import Glibc

/// `ArchiveBench stream DIRECTORY [COMPRESSION [THREADS [FRAME]]]` writes an archive to standard output and the
/// process's peak resident size, in KiB, to standard error; `ArchiveBench compare DIRECTORY [RUNS [WORD]]` prints the
/// table, of all contenders or those whose name contains a word.
@main
struct Main {
    static func main() async throws {
        let arguments = CommandLine.arguments
        guard arguments.count >= 3 else { fail("usage: ArchiveBench stream|compare DIRECTORY …") }
        switch arguments[1] {
        case "stream": try await stream(Array(arguments.dropFirst(2)))
        case "compare": try compare(Array(arguments.dropFirst(2)))
        default: fail("ArchiveBench has no \"\(arguments[1])\"")
        }
    }

    private static func stream(_ arguments: [String]) async throws {
        let compression = try arguments.count > 1 ? Compression(arguments[1]) : .standard
        let frameSize = number(arguments, 3)
        _ = try await streamArchive(
            of: arguments[0],
            to: STDOUT_FILENO,
            compression,
            threads: number(arguments, 2),
            frameSize: frameSize
        )
        var usage = rusage()
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        say("\(usage.ru_maxrss)\n", to: STDERR_FILENO)
    }

    private static func compare(_ arguments: [String]) throws {
        let word = arguments.count > 2 ? arguments[2] : nil
        try Comparison(directory: arguments[0], runs: number(arguments, 1) ?? 5, word: word).run()
    }

    private static func number(_ arguments: [String], _ index: Int) -> Int? {
        arguments.indices.contains(index) ? Int(arguments[index]) : nil
    }

    private static func fail(_ message: String) -> Never {
        say(message + "\n", to: STDERR_FILENO)
        exit(64)
    }
}

/// Writes text to a file descriptor.
func say(_ text: String, to descriptor: Int32 = STDOUT_FILENO) {
    var text = text
    text.withUTF8 { bytes in
        _ = write(descriptor, bytes.baseAddress, bytes.count)
    }
}
