import Host
import Lifecycle
import Storage
import TestSupport

@testable import LVM

/// Tests of a cleanup in directories of their own.
protocol CleanupFixture {
    var scratch: ScratchDirectory { get }
    /// This process.
    var here: Identity { get }
}

extension CleanupFixture {
    var directory: String { scratch.path }

    func cleanup(
        _ group: PretendGroup,
        records: String? = nil,
        as identity: Identity? = nil,
        undo: @escaping @Sendable (RecordedUndo) async throws -> Void = { _ in }
    ) -> StaleRunCleanup {
        StaleRunCleanup(
            TaggedVolumes(LVMTools(group.script.commands)),
            identity: identity ?? here,
            lockDirectory: directory + "/locks",
            recordDirectory: records ?? directory + "/runs",
            undo: undo
        )
    }

    /// A snapshot of a run whose process is this one, changed as told.
    func tags(_ run: String, _ change: (inout Identity) -> Void = { _ in }) -> [String] {
        var identity = here
        change(&identity)
        return RunTags(run: run, identity: identity, origin: "vg0/mysql").all
    }

    func dead(_ identity: inout Identity) { identity.startTime += 1 }
}
