package import Lifecycle

/// The server's engines and files: the basis for the lock plan, and for the check of the snapshotted volume.
package struct Inventory: Sendable, Equatable {
    package var engines: [EngineUse]
    /// Engines of which tables may be there that neither the account nor the look at the files sees.
    package var hiddenEngines: [String] = []
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
        engines.filter { use in
            guard use.userTables > 0, use.engine != "InnoDB" else { return false }
            return [.files, .unknown].contains(RowPlace(of: use.engine))
        }
    }

    /// Engines of user tables whose rows may be at places that no backup of the data directory has.
    var enginesElsewhere: [EngineUse] {
        engines.filter { use in
            use.userTables > 0 && use.engine != EngineInventory.unopened && RowPlace(of: use.engine) == .unknown
        }
    }

    /// Warnings of user tables whose rows the backup does not have, or may not have.
    var engineWarnings: [String] {
        hiddenEngines.map { "the account does not see all tables: tables of \($0) may be missing in the backup" }
            + engines.filter { $0.userTables > 0 }.compactMap(warning)
    }

    private func warning(_ use: EngineUse) -> String? {
        if use.engine == EngineInventory.unopened {
            return "the server cannot open \(use.userTables.tables): their rows may not be in the backup"
        }
        guard RowPlace(of: use.engine) == .otherServer else { return nil }
        return "the rows of \(use.userTables.tables) of \(use.engine) are on another server, not in the backup"
    }
}

extension EngineUse {
    /// Such as "2 tables of CONNECT".
    var described: String { "\(userTables.tables) of \(engine)" }
}

extension Int {
    fileprivate var tables: String { self == 1 ? "1 table" : "\(self) tables" }
}
