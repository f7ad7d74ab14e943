import Glibc
import Host

/// Runs a shell script in the C locale and returns what it prints on standard output and standard error.
///
/// - Throws: ``ToolFailed`` where its status is not 0.
@discardableResult
package func shell(_ script: String, in directory: String = "/") async throws -> String {
    try await SerialThread.once(name: "shell") { try runShell(script, in: directory) }
}

/// The same, blocking.
package func runShell(_ script: String, in directory: String) throws -> String {
    let whole = "{ set -e -o pipefail; export LC_ALL=C; cd '\(directory)'; \(script)\n} 2>&1"
    guard let pipe = popen("exec bash -c '\(whole.replacing("'", with: "'\\''"))'", "r") else {
        throw ToolFailed(command: script, output: "popen")
    }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while true {
        let count = fread(&buffer, 1, buffer.count, pipe)
        if count == 0 { break }
        bytes += buffer.prefix(count)
    }
    let output = String(decoding: bytes, as: UTF8.self)
    guard pclose(pipe) == 0 else { throw ToolFailed(command: script, output: output) }
    return output
}
