/// Where a storage engine keeps the rows of its tables, from the manuals of MySQL 8.0 to 9.7, Percona Server 8.0 and
/// MariaDB 10.4 to 11.8.
enum RowPlace: Sendable {
    /// In files that the inventory finds: in the data directory, or in directories that variables name.
    case files
    /// Nowhere: the engine has no rows of its own, or loses them at every restart.
    case none
    /// On another server, as the table's definition says. No backup of this server is expected to have them.
    case otherServer
    /// In files, stores or nodes of which this program knows nothing, such as those of CONNECT, ColumnStore, S3, Spider,
    /// NDB Cluster and HeatWave Lakehouse.
    case unknown

    /// - Parameter engine: as `information_schema.TABLES` names it; products differ in its case.
    init(of engine: String) {
        let name = engine.uppercased()
        self =
            if Self.inFiles.contains(name) {
                .files
            } else if Self.withoutRows.contains(name) {
                .none
            } else if Self.elsewhere.contains(name) {
                .otherServer
            } else {
                .unknown
            }
    }

    /// Whether the definitions of the engine's tables are files in the data directory, so that ``LinkSurvey`` finds them.
    ///
    /// S3 finds its tables in the store, NDB Cluster keeps a dictionary in its nodes.
    static func hasDefinitions(_ engine: String) -> Bool {
        RowPlace(of: engine) != .unknown || defined.contains(engine.uppercased())
    }

    private static let defined: Set<String> = ["CASSANDRA", "COLUMNSTORE", "CONNECT", "SPIDER"]

    /// MRG_MYISAM has the rows of its MyISAM tables.
    ///
    /// DATA DIRECTORY of a table is found by its symbolic link.
    private static let inFiles: Set<String> = [
        "ARCHIVE", "ARIA", "CSV", "INNODB", "MROONGA", "MRG_MYISAM", "MYISAM", "ROCKSDB", "TOKUDB",
    ]
    /// OQGRAPH computes its rows from another table of the server.
    private static let withoutRows: Set<String> = [
        "BLACKHOLE", "EXAMPLE", "MEMORY", "NDBINFO", "OQGRAPH", "PERFORMANCE_SCHEMA", "SEQUENCE",
    ]
    /// MariaDB's FederatedX calls itself FEDERATED.
    ///
    /// SPHINX asks a search daemon, whose index is made of other data.
    private static let elsewhere: Set<String> = ["FEDERATED", "SPHINX"]
}
