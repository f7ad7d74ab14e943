import Lifecycle

/// How the server's data is kept still while the snapshot is taken.
package enum LockPlan: String, Sendable, CaseIterable {
    /// MariaDB's backup stages.
    case stage
    /// `FLUSH TABLES WITH READ LOCK`.
    case readLock = "read-lock"
    /// MySQL's `LOCK INSTANCE FOR BACKUP`: commits go on.
    case instance
    /// No lock at all: InnoDB alone, on one volume.
    case none
}

/// The value of `--lock`.
package enum LockPlanOption: String, Sendable, CaseIterable {
    case auto, stage
    case readLock = "read-lock"
    case instance, none

    var plan: LockPlan? { LockPlan(rawValue: rawValue) }
}

/// The plan chosen, and why.
package struct ChosenLockPlan: Sendable, Equatable {
    package var plan: LockPlan
    package var reason: String
    /// The reason why the copy is inconsistent or incomplete, where that was allowed.
    package var inconsistency: String?
}

extension LockPlan {
    /// Chooses the plan for a server.
    ///
    /// - Parameters:
    ///   - isOnOneVolume: whether every required file is known to be on the volume that is snapshotted.
    ///   - isBinlogOnVolume: whether the binary log and its index are there, too; true with the binary log off.
    ///   - allowInconsistent: lets plan ``none`` go on where the copy is not consistent; it has to be readable still. Lets
    ///     every plan go on where the copy may lack tables.
    /// - Throws: ``MySQLError/plan(_:reasons:)`` where the requested plan does not fit; ``MySQLError/engines(_:)``.
    package static func choose(
        for server: ServerIdentity,
        _ inventory: Inventory,
        requested: LockPlanOption,
        isOnOneVolume: Bool,
        isBinlogOnVolume: Bool = true,
        allowInconsistent: Bool = false
    ) throws -> ChosenLockPlan {
        try refuseEnginesElsewhere(inventory, isAllowed: allowInconsistent)
        let layout = Layout(isOnOneVolume: isOnOneVolume, isBinlogOnVolume: isBinlogOnVolume)
        var choice = try choose(for: server, inventory, layout, requested, allowInconsistent)
        let elsewhere =
            inventory.enginesElsewhere.map { "the rows of \($0.described) may be elsewhere" }
            + inventory.hiddenEngines.map { "unseen tables of \($0) may be missing" }
        let faults = [choice.inconsistency].compactMap(\.self) + elsewhere
        choice.inconsistency = faults.isEmpty ? nil : faults.joined(separator: "; ")
        return choice
    }

    /// - Throws: ``MySQLError/engines(_:)`` where tables have engines whose rows may be at unknown places;
    ///   ``MySQLError/hiddenTables(_:)`` where the account cannot see such tables.
    static func refuseEnginesElsewhere(_ inventory: Inventory, isAllowed: Bool) throws {
        let uses = inventory.enginesElsewhere
        guard uses.isEmpty || isAllowed else { throw MySQLError.engines(uses) }
        let hidden = inventory.hiddenEngines
        guard hidden.isEmpty || isAllowed else { throw MySQLError.hiddenTables(hidden) }
    }

    private static func choose(
        for server: ServerIdentity,
        _ inventory: Inventory,
        _ layout: Layout,
        _ requested: LockPlanOption,
        _ allowInconsistent: Bool
    ) throws -> ChosenLockPlan {
        guard let plan = requested.plan else { return automatic(server, inventory, layout) }
        let reasons = plan.obstacles(server, inventory, layout)
        if reasons.isEmpty { return ChosenLockPlan(plan: plan, reason: "asked for") }
        guard plan == .none, allowInconsistent, unremovable.isDisjoint(with: reasons) else {
            throw MySQLError.plan(plan.rawValue, reasons: reasons)
        }
        let inconsistency = reasons.joined(separator: "; ")
        return ChosenLockPlan(plan: plan, reason: "asked for, although \(inconsistency)", inconsistency: inconsistency)
    }

    /// Where the server's files are.
    private struct Layout {
        let isOnOneVolume: Bool
        let isBinlogOnVolume: Bool
    }

    private static func automatic(
        _ server: ServerIdentity,
        _ inventory: Inventory,
        _ layout: Layout
    ) -> ChosenLockPlan {
        if LockPlan.stage.obstacles(server, inventory, layout).isEmpty {
            return ChosenLockPlan(plan: .stage, reason: "MariaDB \(server.version) has backup stages")
        }
        let obstacles = LockPlan.instance.obstacles(server, inventory, layout)
        if obstacles.isEmpty {
            return ChosenLockPlan(plan: .instance, reason: "every table is InnoDB, and all data is on one volume")
        }
        return ChosenLockPlan(plan: .readLock, reason: obstacles.joined(separator: "; "))
    }

    /// Why a plan cannot be used; empty where it can.
    private func obstacles(_ server: ServerIdentity, _ inventory: Inventory, _ layout: Layout) -> [String] {
        switch self {
        case .readLock: return []
        case .stage:
            return server.hasBackupStages ? [] : ["\(server.versionText) has no backup stages (MariaDB 10.4 has)"]
        case .instance:
            let missing = "\(server.versionText) has no instance lock (MySQL 8.0 has)"
            return server.hasInstanceLock ? Self.lockless(inventory, layout) : [missing]
        case .none: return Self.lockless(inventory, layout)
        }
    }

    /// Obstacles that no permission removes: the log decides on prepared transactions, and holds the coordinates.
    static let unremovable: Set<String> = [encryptedBinlog, binlogElsewhere]
    static let binlogElsewhere =
        "the binary log is not on the snapshotted volume: without a lock the copy cannot be recovered without it"
    static let encryptedBinlog = "the binary log is encrypted: coordinates cannot be read in it"

    /// The reasons why InnoDB's crash recovery alone does not make the copy consistent, or why its coordinates cannot
    /// be known.
    private static func lockless(_ inventory: Inventory, _ layout: Layout) -> [String] {
        let engines = inventory.enginesInNeedOfLock.map { use in
            "\(use.userTables) \(use.userTables == 1 ? "table is" : "tables are") \(use.engine), not InnoDB"
        }
        let scattered = layout.isOnOneVolume ? [] : ["not all data is known to be on the snapshotted volume"]
        let binlog = layout.isBinlogOnVolume ? [] : [binlogElsewhere]
        return engines + scattered + binlog + (inventory.isBinlogEncrypted ? [encryptedBinlog] : [])
    }
}
