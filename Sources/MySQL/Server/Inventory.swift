package import Lifecycle

/// The server's engines and files: the basis for the lock plan, and for the check of the snapshotted volume.
package struct Inventory: Sendable, Equatable {
    package var engines: [EngineUse]
    package var files: [DataFile]
    package var isReplica: Bool
    /// Whether only the server can read its binary log.
    package var isBinlogEncrypted: Bool
    /// The databases of the server's dictionary; empty for MariaDB, which has none.
    package var schemas: Set<String> = []
    /// Paths that the server's process is bound to hold open.
    package var openFiles: [String]
    /// Where encryption keys are: paths, or names of what keeps them.
    package var keys: [String]
    /// Warnings for the operator about the layout.
    package var warnings: [String]

    package init(
        engines: [EngineUse] = [],
        files: [DataFile] = [],
        isReplica: Bool = false,
        isBinlogEncrypted: Bool = false,
        openFiles: [String] = [],
        keys: [String] = [],
        warnings: [String] = []
    ) {
        self.engines = engines
        self.files = files
        self.isReplica = isReplica
        self.isBinlogEncrypted = isBinlogEncrypted
        self.openFiles = openFiles
        self.keys = keys
        self.warnings = warnings
    }

    /// Engines that hold user tables in files but are not InnoDB: no crash recovery covers them.
    package var enginesInNeedOfLock: [EngineUse] {
        engines.filter { $0.userTables > 0 && $0.engine != "InnoDB" && !Self.withoutFiles.contains($0.engine) }
    }

    /// Engines whose rows are lost at every restart anyway, or are stored elsewhere.
    private static let withoutFiles: Set<String> = ["BLACKHOLE", "MEMORY", "PERFORMANCE_SCHEMA", "FEDERATED"]
}
