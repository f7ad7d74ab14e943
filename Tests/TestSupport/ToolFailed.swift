import Glibc

/// A command or a system call that a test needs failed.
package struct ToolFailed: Error, CustomStringConvertible {
    package let command: String
    package let output: String

    package init(command: String, output: String) {
        (self.command, self.output) = (command, output)
    }

    /// The failure of the system call that just returned.
    package static func last(_ call: String, _ object: String) -> Self {
        Self(command: "\(call) \(object)", output: String(cString: strerror(errno)))
    }

    package var description: String { "\(command)\n\(output)" }
}
