import Archive
import Glibc

/// `ArchiveBench stream DIRECTORY [COMPRESSION [THREADS [FRAME]]]` writes an archive to standard output and the
/// process's peak resident size, in KiB, to standard error.
///
/// `ArchiveBench compare DIRECTORY [RUNS [WORD [cold]]]` prints the table of archivers, of all or those whose name contains
/// a word, with a page cache that is warm or cold. `ArchiveBench set DIRECTORY DESTINATION` makes a backup set of a
/// directory, and `ArchiveBench read SET COMMAND [RUNS [cold]]` the table of restores and of checks; `ArchiveBench memory
/// COMMAND SET…` prints how much memory they take for each of several sets.
@main
struct Main {
    static func main() async throws {
        let arguments = CommandLine.arguments
        guard arguments.count >= 3 else { fail("usage: ArchiveBench stream|compare|set|read|memory DIRECTORY …") }
        switch arguments[1] {
        case "stream": try await stream(Array(arguments.dropFirst(2)))
        case "compare": try compare(Array(arguments.dropFirst(2)))
        case "set" where arguments.count == 4: try await makeSet(of: arguments[2], in: arguments[3])
        case "read" where arguments.count > 3: try read(Array(arguments.dropFirst(2)))
        case "memory" where arguments.count > 3: try MemoryTable(command: arguments[2]).run(arguments.dropFirst(3))
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
        let (directory, word) = (arguments[0], arguments.count > 2 ? arguments[2] : "")
        let scratch = directory + "/.."
        let contenders = Contender.archiving(directory, scratch: scratch, program: "/proc/\(getpid())/exe")
            .filter { contender in word.isEmpty || contender.name.contains(word) }
        var comparison = Comparison(directory: directory, contenders: contenders, runs: number(arguments, 1) ?? 5)
        comparison.isCold = arguments.last == "cold"
        try comparison.run()
        _ = Measurement(of: "rm -rf \(scratch)/archive-bench.*")
    }

    private static func read(_ arguments: [String]) throws {
        let set = arguments[0]
        let contenders = Contender.reading(set, scratch: set + "/..", command: arguments[1])
        // Each pair is compared by itself.
        for pair in [contenders[0...1], contenders[2...3]] {
            var comparison = Comparison(directory: set, contenders: Array(pair), runs: number(arguments, 2) ?? 5)
            comparison.isCold = arguments.last == "cold"
            try comparison.run()
        }
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
