import Glibc

/// `HookBench ROUNDS COMMAND DIRECTORY` measures what hooks cost in this process, and what the ten hook files of a
/// directory add to the start of the command, and prints a Markdown table of medians against the targets.
@main
enum Main {
    static func main() async throws {
        let arguments = CommandLine.arguments
        guard arguments.count == 4, let rounds = Int(arguments[1]), rounds > 0 else {
            write("usage: HookBench ROUNDS COMMAND DIRECTORY\n", to: STDERR_FILENO)
            exit(64)
        }
        let calls = try EmptyCall()
        let run = EmptyRun()
        let start = Start(command: arguments[2], directory: arguments[3])
        var measured = Measured()
        for _ in 0..<rounds {
            measured.event.append(try await run.secondsPerEvent(count: 20_000))
            measured.call.append(try calls.seconds(count: 2_000))
            measured.hop.append(try await run.secondsPerHook())
            measured.spawn.append(try spawnTrue())
            measured.plainStart.append(try start.seconds(withHooks: false))
            measured.hookedStart.append(try start.seconds(withHooks: true))
        }
        write(heading(rounds) + measured.table, to: STDOUT_FILENO)
    }

    private static func heading(_ rounds: Int) -> String {
        var now = time(nil)
        var parts = tm()
        gmtime_r(&now, &parts)
        func padded(_ number: Int32) -> String { number < 10 ? "0\(number)" : "\(number)" }
        let date = "\(1900 + parts.tm_year)-\(padded(parts.tm_mon + 1))-\(padded(parts.tm_mday))"
        return "\(date), \(sysconf(Int32(_SC_NPROCESSORS_ONLN))) cores, medians of \(rounds), alternated\n\n"
    }

    private static func write(_ text: String, to descriptor: Int32) {
        var text = text
        text.withUTF8 { bytes in _ = Glibc.write(descriptor, bytes.baseAddress, bytes.count) }
    }
}

/// How long something took, in seconds.
func seconds(_ work: () throws -> Void) rethrows -> Double {
    let start = ContinuousClock.now
    try work()
    return (ContinuousClock.now - start) / .seconds(1)
}

/// A program failed, so that there is no comparison.
struct Broken: Error {
    let what: String
}
