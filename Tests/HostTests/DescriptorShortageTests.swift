import Glibc
import Host
import Testing

/// A process that is short of descriptors: its table is full but for a few.
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
    private static func errors(of start: () async throws -> Void) async -> (errors: [String], leaks: [String]) {
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
            let (errors, leaks) = await Self.errors { _ = try await Commands.system.run(Command("true")) }
            #expect(errors.contains(Self.unwatched), "\(errors)")
            #expect(leaks.isEmpty)
        }
    }

    @Test func `nor is a living process`() async {
        await #expect(processExitsWith: .success) {
            Self.limitDescriptors()
            let (errors, leaks) = await Self.errors { await (try LivingProcess.start(Command("true"))).end() }
            #expect(errors.contains(Self.unwatched), "\(errors)")
            #expect(leaks.isEmpty)
        }
    }
}
