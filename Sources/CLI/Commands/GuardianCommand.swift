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
        let say: @Sendable (String) -> Void = { line in
            log.say(.warning, line)
            write("lvmbackup guardian: \(line.printable)\n", to: STDERR_FILENO)
        }
        do { try await GuardianDuty.serve(say: say) } catch {
            say("what the run held may be left behind: \(Failure(error).message); run \"lvmbackup cleanup\"")
            return 1
        }
        return 0
    }
}
