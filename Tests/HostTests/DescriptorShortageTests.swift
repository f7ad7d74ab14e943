import Glibc
import Host
import Testing

/// Runs tasks on a thread with a descriptor table of its own: a shortage there does not affect the rest of the process,
/// where libdispatch ends a process that cannot open `/proc/self/task`.
private final class OwnTable: TaskExecutor {
    private let thread = SerialThread(name: "own table")

    init() throws {
        try thread.post {
            // The Glibc module does not have it.
            let unshare = unsafeBitCast(dlsym(nil, "unshare"), to: (@convention(c) (Int32) -> Int32).self)
            let files: Int32 = 0x400
            precondition(unshare(files) == 0, "unshare: errno \(errno)")
        }
    }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        do {
            try thread.post { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
        } catch {
            fatalError("\(error)")
        }
    }
}

/// A table of descriptors that is full but for a few.
private struct Shortage {
    private var fillers: [Int32] = []
    let free: Int

    init(free: Int) {
        self.free = free
        while case let filler = dup(0), filler >= 0 { fillers.append(filler) }
        for filler in fillers.suffix(free) { close(filler) }
        fillers.removeLast(free)
    }

    /// How many may still be opened.
    static func room() -> Int {
        var probes: [Int32] = []
        while case let probe = dup(0), probe >= 0 { probes.append(probe) }
        for probe in probes { close(probe) }
        return probes.count
    }

    func end() { for filler in fillers { close(filler) } }
}

struct DescriptorShortageTests {
    /// Why starts with ever more free descriptors failed, up to the first that succeeds; and what one left behind.
    private static func errors(
        of start: @Sendable () async throws -> Void
    ) async throws -> (errors: [String], leaks: [String]) {
        try await withTaskExecutorPreference(OwnTable()) { await errorsHere(of: start) }
    }

    private static func errorsHere(of start: () async throws -> Void) async -> (errors: [String], leaks: [String]) {
        var errors: [String] = []
        var leaks: [String] = []
        for free in 0..<30 {
            let shortage = Shortage(free: free)
            defer { shortage.end() }
            do { try await start() } catch {
                errors.append("\(error)")
                // The thread that tried may still be on its way out, with what it holds.
                for _ in 0..<1000 where Shortage.room() < free { usleep(10_000) }
                if Shortage.room() < free { leaks.append("a descriptor, after \(error)") }
                if waitpid(-1, nil, WNOHANG) != -1 || errno != ECHILD { leaks.append("a child, after \(error)") }
                continue
            }
            return (errors, leaks)
        }
        return (errors, leaks + ["no start has succeeded"])
    }

    /// Few enough to fill a table quickly.
    private static func limitDescriptors() {
        var limit = rlimit(rlim_cur: 64, rlim_max: 64)
        setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    }

    private static let unwatched = "\"true\" could not be started: pidfd_open: too many open files"

    @Test func `a command that could not be watched is never begun`() async {
        await #expect(processExitsWith: .success) {
            Self.limitDescriptors()
            let (errors, leaks) = try await Self.errors { _ = try await Commands.system.run(Command("true")) }
            #expect(errors.contains(Self.unwatched), "\(errors)")
            #expect(leaks.isEmpty)
        }
    }

    @Test func `nor is a living process`() async {
        await #expect(processExitsWith: .success) {
            Self.limitDescriptors()
            let (errors, leaks) = try await Self.errors { await (try LivingProcess.start(Command("true"))).end() }
            #expect(errors.contains(Self.unwatched), "\(errors)")
            #expect(leaks.isEmpty)
        }
    }
}
