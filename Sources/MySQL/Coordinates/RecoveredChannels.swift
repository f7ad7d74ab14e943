import Lifecycle

/// The replication channels as the recovered copy of a MySQL server knows them.
///
/// The tables change in the transactions that they tell of, so that they agree with the copy's data. The answer to
/// `SHOW REPLICA STATUS` of the live server may lag behind it, with parallel workers by many transactions.
struct RecoveredChannels {
    /// Names and types are those of MySQL 8.0 to 9.7 (measured on 9.7.4).
    static let sources = """
        SELECT `Channel_name` AS `name`, `Host` AS `host`, `Port` AS `port` FROM `mysql`.`slave_master_info`
        """
    static let applied = """
        SELECT `Channel_name` AS `name`, `Master_log_name` AS `file`, `Master_log_pos` AS `position`, \
        `Number_of_workers` AS `workers` FROM `mysql`.`slave_relay_log_info`
        """
    static let workers = """
        SELECT `Channel_name` AS `name`, `Master_log_name` AS `file`, `Master_log_pos` AS `position` \
        FROM `mysql`.`slave_worker_info`
        """

    let sources: Rows
    let applied: Rows
    let workers: Rows
    /// Whether the workers commit in the source's order: then nothing before the furthest worker's position is missing.
    let preservesOrder: Bool

    /// In the order of their names; those of group replication have no source.
    var channels: [Coordinates.Channel] {
        sources.compactMap(channel).sorted { $0.name < $1.name }
    }

    private func channel(_ source: Row) -> Coordinates.Channel? {
        let name = source["name"] ?? ""
        guard !name.hasPrefix("group_replication_"), let host = source["host"], !host.isEmpty else { return nil }
        let row = applied.first { $0["name"] == name }
        let positions = (row.map { [$0] } ?? []) + workers.filter { $0["name"] == name }
        let furthest = positions.compactMap(Self.position).max(by: Self.isBefore)
        return Coordinates.Channel(
            name: name,
            sourceHost: host,
            sourcePort: source["port"].flatMap { Int($0) } ?? 3306,
            executed: furthest,
            inexactBecause: row.flatMap(doubt)
        )
    }

    private func doubt(_ row: Row) -> String? {
        guard let workers = row["workers"].flatMap({ Int($0) }), workers > 1, !preservesOrder else { return nil }
        return "parallel workers did not commit in the source's order: transactions before the position may be missing"
    }

    private static func position(_ row: Row) -> Coordinates.Position? {
        guard let file = row["file"], !file.isEmpty, let position = row["position"].flatMap({ UInt64($0) }) else {
            return nil
        }
        return Coordinates.Position(file: file, position: position)
    }

    /// Numbers of logs get longer: "binlog.1000000" comes after "binlog.999999".
    private static func isBefore(_ left: Coordinates.Position, _ right: Coordinates.Position) -> Bool {
        (left.file.count, left.file, left.position) < (right.file.count, right.file, right.position)
    }
}
