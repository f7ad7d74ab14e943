import Glibc

/// Runs all contenders in turn, again and again, and prints a Markdown table of medians.
struct Comparison {
    let directory: String
    let contenders: [Contender]
    let runs: Int
    /// Whether each contender finds an empty page cache; needs root.
    var isCold = false

    func run() throws {
        // Everything is in the page cache before the first run that counts.
        _ = Measurement(of: "tar -C \(directory) -cf - . | cat > /dev/null")
        var measured = Array(repeating: [Measurement](), count: contenders.count)
        for round in 0..<runs {
            say("round \(round + 1) of \(runs)\n", to: STDERR_FILENO)
            for (index, contender) in contenders.enumerated() where round < contender.runs ?? runs {
                let drop = isCold ? "sync; echo 3 > /proc/sys/vm/drop_caches" : "true"
                guard
                    Measurement(of: "\(contender.preparation.isEmpty ? "true" : contender.preparation); \(drop)") != nil
                else { throw Broken(command: contender.preparation) }
                guard let measurement = Measurement(of: contender.command + " 2> /dev/null") else {
                    throw Broken(command: contender.command)
                }
                measured[index].append(measurement)
            }
        }
        say(try heading() + table(contenders, measured))
    }

    private func heading() throws -> String {
        var name = utsname()
        uname(&name)
        let cores = sysconf(Int32(_SC_NPROCESSORS_ONLN))
        var now = time(nil)
        var parts = tm()
        gmtime_r(&now, &parts)
        let date = "\(1900 + parts.tm_year)-\(padded(parts.tm_mon + 1))-\(padded(parts.tm_mday))"
        let (apparent, stored) = (try sizeOfDirectory(directory, "--apparent-size"), try sizeOfDirectory(directory))
        return "\(date), \(cores) cores, \(apparent) MB apparent, \(stored) MB without holes, "
            + "\(isCold ? "cold" : "warm") cache, medians of \(runs), alternated\n\n"
    }

    private func table(_ contenders: [Contender], _ measured: [[Measurement]]) -> String {
        let medians = measured.map { Self.median($0.map(\.seconds)) }
        let rows = contenders.indices.map { index in
            let ratio = medians[index] / medians[0]
            let processor = Self.median(measured[index].map(\.processorSeconds))
            let peak = measured[index].map(\.peakMebibytes).max() ?? 0
            let name = contenders[index].name.replacing("|", with: "\\|")
            return
                "| `\(name)` | \(hundredths(medians[index])) s | \(hundredths(ratio)) | \(hundredths(processor)) s | \(peak) "
                + "| \(outputSize(contenders[index])) |\n"
        }
        return "| command | wall | ratio | CPU | peak MiB | MB out |\n|---|---|---|---|---|---|\n" + rows.joined()
    }

    /// Of one more run, for a contender whose output is thrown away.
    private func outputSize(_ contender: Contender) -> String {
        guard contender.command.hasSuffix("> /dev/null"), contender.hasOutput else { return "" }
        return output(of: contender.command.dropLast("> /dev/null".count) + "2> /dev/null | wc -c")
            .flatMap { Int($0) }
            .map { "\($0 / 1_000_000)" } ?? "?"
    }

    /// The first line that a shell command prints.
    private func output(of command: String) -> String? {
        guard let pipe = popen(command, "r") else { return nil }
        defer { pclose(pipe) }
        var line = [CChar](repeating: 0, count: 64)
        guard fgets(&line, 64, pipe) != nil else { return nil }
        return String(decoding: line.prefix { $0 > 32 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    private static func median(_ values: [Double]) -> Double {
        let sorted = values.sorted()
        let middle = sorted.count / 2
        return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
    }

    private func padded(_ number: Int32) -> String { number < 10 ? "0\(number)" : "\(number)" }

    private func hundredths(_ number: Double) -> String {
        let value = Int((number * 100).rounded())
        return "\(value / 100).\(value % 100 < 10 ? "0" : "")\(value % 100)"
    }
}

/// The size of a directory, in megabytes.
///
/// - Parameter option: a further option of `du`.
func sizeOfDirectory(_ directory: String, _ option: String = "") throws -> String {
    let command = "du -s --block-size=1000000 \(option) '\(directory)' | cut -f1"
    guard let pipe = popen(command, "r") else { throw Broken(command: command) }
    defer { pclose(pipe) }
    var line = [CChar](repeating: 0, count: 64)
    guard fgets(&line, 64, pipe) != nil else { throw Broken(command: command) }
    return String(decoding: line.prefix { $0 > 32 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
}

/// A contender failed: there is nothing to compare.
struct Broken: Error {
    let command: String
}
