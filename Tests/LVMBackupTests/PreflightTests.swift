import Glibc
import Lifecycle
import TestSupport
import Testing

@testable import LVMBackup

struct PreflightTests {
    /// A directory below which nothing can be made is told before anything is locked.
    @Test(.enabled(if: geteuid() == 0, "only root records anything"))
    func `a place for records that cannot be written to is refused at once`() async throws {
        var configuration = Configuration()
        // A file, not a directory.
        configuration.stateDirectory = "/proc/self/status"
        let failure = try await failure(of: configuration, isDryRun: false)
        #expect(failure?.kind == .unsuitable)
        #expect(failure?.message.contains("/proc/self/status") == true)
        #expect(try await self.failure(of: configuration, isDryRun: true) == nil)
    }

    @Test(.enabled(if: geteuid() == 0, "only root records anything"))
    func `a place for records is left as it was`() async throws {
        let scratch = try ScratchDirectory()
        var configuration = Configuration()
        configuration.stateDirectory = scratch.path
        #expect(try await failure(of: configuration, isDryRun: false) == nil)
        // Empty, or it would stay.
        #expect(rmdir(scratch.path("runs")) == 0)
        #expect(try scratch.names == [])
    }

    private func failure(of configuration: Configuration, isDryRun: Bool) async throws -> Failure? {
        let step = PreflightStep(
            configuration: configuration,
            needsRoot: false,
            needsDestination: false,
            cleanUp: { _ in }
        )
        var options = EngineOptions()
        options.isDryRun = isDryRun
        let staged = RunFixture(
            RunFixture.Known(),
            environment: .fake,
            started: 0,
            options: options,
            hooks: HookTable(),
            hear: { _ in }
        )
        do {
            _ = try await step.provide(staged.run)
            return nil
        } catch {
            return Failure(error)
        }
    }
}
