import Foundation
import LVMBackup

/// A program that embeds the library: it backs up directories on logical volumes, with no database server at all, and
/// where it is asked the server beside them, all at once.
///
/// It prints what of the process the library must leave alone, before and after the runs.
@main
enum PlainVolume {
    static func main() async throws {
        var arguments = CommandLine.arguments.dropFirst()
        let cancels = arguments.first == "--cancel"
        if cancels { arguments.removeFirst() }
        var times = 1
        if arguments.first == "--times" {
            times = Int(arguments.dropFirst().first ?? "") ?? 1
            arguments = arguments.dropFirst(2)
        }
        guard !arguments.isEmpty, arguments.count.isMultiple(of: 2) else {
            let usage = "usage: LabPlainVolume [--cancel] [--times N] (DIRECTORY|server DESTINATION)...\n"
            FileHandle.standardError.write(Data(usage.utf8))
            exit(64)
        }
        signal(SIGTERM) { _ in PlainVolume.say("handler: called\n") }
        print("before: \(try ownState())")
        let words = Array(arguments)
        let places = stride(from: 0, to: words.count, by: 2).map { (words[$0], words[$0 + 1]) }
        var status: Int32 = 0
        for number in 1...times {
            let latest = await run(places.map(makeBackup), cancels: cancels)
            for outcome in latest { tell(outcome) }
            status = max(status, latest.map(\.exitStatus).max() ?? 64)
            guard times > 1 else { continue }
            // Threads on their way out take along what they have.
            try await Task.sleep(for: .seconds(2))
            print("sample: \(number), \(try ownSize())")
        }
        print("after: \(try ownState())")
        fflush(nil)
        kill(getpid(), SIGTERM)
        try await Task.sleep(for: .milliseconds(500))
        exit(status)
    }

    private static func tell(_ outcome: Outcome) {
        if let failure = outcome.failure { print("failure: \(failure.message)") }
        print("ending: \(outcome.ending)")
        print("set: \(outcome.set?.location ?? "none")")
    }

    /// Runs them at once; each waits for the others when its copy is mounted.
    ///
    /// Cancelled, they are as soon as that is so.
    private static func run(_ backups: [Backup], cancels: Bool) async -> [Outcome] {
        let meeting = Meeting(of: backups.count)
        let work = Task {
            await withTaskGroup(of: (Int, Outcome).self) { group in
                for (number, backup) in backups.enumerated() {
                    var backup = backup
                    backup.before(.archive) { _ in
                        await meeting.arrive()
                        if cancels { try await Task.sleep(for: .seconds(60)) }
                        return .proceed
                    }
                    group.addTask { [backup] in (number, await backup.run()) }
                }
                var outcomes: [Int: Outcome] = [:]
                for await (number, outcome) in group { outcomes[number] = outcome }
                return backups.indices.compactMap { outcomes[$0] }
            }
        }
        if cancels {
            await meeting.isComplete()
            work.cancel()
        }
        return await work.value
    }

    private static func makeBackup(of directory: String, to destination: String) -> Backup {
        var backup = Backup(configuration: Configuration(destination: destination))
        guard directory != "server" else {
            addQuestions(to: &backup)
            return backup
        }
        backup.replace(.connect) { _ in
            .result(Connection(server: Server(flavour: "files", version: "1", datadir: directory)))
        }
        backup.replace(.flush) { _ in .done }
        backup.replace(.lock) { _ in .result(Lock(plan: "none", reason: "no process writes to these files")) }
        backup.replace(.recover) { _ in .result(Recovery(clean: true)) }
        return backup
    }

    /// Asks the server and that of the recovered data for their sockets, and a program for a word.
    private static func addQuestions(to backup: inout Backup) {
        let question = "SELECT @@socket AS place"
        backup.before(.lock) { run in
            print("live: \(try await run.sql(question)[0]["place"]?.text ?? "-")")
            return .proceed
        }
        backup.after(.recover) { run, _ in
            print("copy: \(try await run.sql(question)[0]["place"]?.text ?? "-")")
            print("program: \(try await run.exec("/bin/echo", ["-n", "hello"]).output)")
        }
    }

    /// Caught, ignored and blocked signals, umask, directory and mount namespace of this process.
    private static func ownState() throws -> String {
        let status = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
        func field(_ name: String) -> Substring {
            status.split(separator: "\n").first { $0.hasPrefix(name) }?.split(whereSeparator: \.isWhitespace).last ?? ""
        }
        // Signals 32 and 33 are the C library's own, caught from the first thread on.
        func signals(_ name: String) -> String {
            String((UInt64(field(name), radix: 16) ?? 0) & ~(0b11 << 31), radix: 16)
        }
        let namespace = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/ns/mnt")
        return "umask \(field("Umask:")), caught \(signals("SigCgt:")), ignored \(signals("SigIgn:")), "
            + "blocked \(signals("SigBlk:")), in \(FileManager.default.currentDirectoryPath), \(namespace)"
    }

    /// The resources of this process, in KiB and numbers.
    private static func ownSize() throws -> String {
        let resident = try ownStatus("VmRSS:")
        // Free memory goes back now, and not when the allocator chooses: the rest is in use.
        _ = trimHeap(0)
        let descriptors = try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count
        return "resident \(resident), anonymous \(try ownStatus("RssAnon:")), descriptors \(descriptors), "
            + "threads \(try ownStatus("Threads:"))"
    }

    /// The Glibc module does not have it.
    private static let trimHeap = unsafeBitCast(
        dlsym(nil, "malloc_trim"),
        to: (@convention(c) (Int) -> Int32).self
    )

    private static func ownStatus(_ name: String) throws -> Substring {
        let status = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
        let line = status.split(separator: "\n").first { $0.hasPrefix(name) }
        return line?.split(whereSeparator: \.isWhitespace)[1] ?? ""
    }

    /// The function for the signal handler.
    private static func say(_ text: StaticString) { _ = write(STDOUT_FILENO, text.utf8Start, text.utf8CodeUnitCount) }
}

/// Where several meet; none goes on before all have come.
private actor Meeting {
    private var missing: Int
    private var waiting: [CheckedContinuation<Void, Never>] = []

    init(of count: Int) { missing = count }

    func arrive() async {
        missing -= 1
        if missing > 0 { return await isComplete() }
        for one in waiting { one.resume() }
        waiting = []
    }

    func isComplete() async {
        guard missing > 0 else { return }
        await withCheckedContinuation { waiting.append($0) }
    }
}
