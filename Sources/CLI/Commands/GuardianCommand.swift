import ArgumentParser
import Glibc
import LVMBackup
import Logging

/// What a run starts beside itself; of no use to people.
struct GuardianCommand: StatusCommand {
    static let configuration = CommandConfiguration(commandName: "guardian", shouldDisplay: false)

    func perform() async throws -> Int32 {
        // Whoever started the run may be gone, and its terminal with it: the system's log is what stays.
        let log = SystemLog(level: .info)
        try await GuardianDuty.serve { line in
            log.say(.warning, line)
            write("lvmbackup guardian: \(line)\n", to: STDERR_FILENO)
        }
        return 0
    }
}
