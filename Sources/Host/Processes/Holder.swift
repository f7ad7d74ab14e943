/// A process that keeps a device or directory busy.
package struct Holder: Sendable, Equatable {
    package enum Grip: Sendable, Equatable {
        /// The device is mounted there, in the process's mount namespace.
        case mount(String)
        /// The file is open, or a working directory.
        case file(String)
    }

    package var pid: Int32
    /// The command's name, as the kernel keeps it.
    package var command: String
    package var grip: Grip

    package init(pid: Int32, command: String, grip: Grip) {
        self.pid = pid
        self.command = command
        self.grip = grip
    }
}

extension Holder: CustomStringConvertible {
    package var description: String {
        switch grip {
        case .mount(let path): "process \(pid) (\(command)), which has it mounted at \"\(path)\""
        case .file(let path): "process \(pid) (\(command)), which uses \"\(path)\""
        }
    }

    /// " by …" with the first three, or nothing.
    static func list(_ holders: [Holder]) -> String {
        guard !holders.isEmpty else { return "" }
        let rest = holders.count > 3 ? " and \(holders.count - 3) more" : ""
        return " by " + holders.prefix(3).map(\.description).joined(separator: ", ") + rest
    }
}
