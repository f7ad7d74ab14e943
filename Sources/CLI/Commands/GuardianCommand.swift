import ArgumentParser
import Glibc
import LVMBackup
import Logging

/// The guardian that a run starts beside itself; of no use to people.
struct GuardianCommand: StatusCommand {
    static let configuration = CommandConfiguration(commandName: "guardian", shouldDisplay: false)

    func perform() async throws -> Int32 {
        // The terminal of the run may be gone: the system's log remains.
        let log = SystemLog(level: .info)
        let say: @Sendable (String) -> Void = { line in
            log.say(.warning, line)
            write("lvmbackup guardian: \(line.printable)\n", to: STDERR_FILENO)
        }
        do { try await GuardianService.serve(say: say) } catch {
            say("resources of the run may be left behind: \(Failure(error).message); run \"lvmbackup cleanup\"")
            return 1
        }
        return 0
    }
}
