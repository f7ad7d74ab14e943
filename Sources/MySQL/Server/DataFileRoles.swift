package import Lifecycle

/// The roles of files that MySQL and MariaDB alone have.
extension DataFile.Role {
    /// A log of the Aria engine, or its control file.
    package static let ariaLog = Self("ariaLog", word: "Aria log", isEssential: true)
    /// The binary log or its index.
    package static let binlog = Self("binlog", word: "binary log", isStatementLog: true)
    /// The doublewrite buffer of InnoDB.
    ///
    /// With `innodb_doublewrite=OFF` it is never made (measured, MySQL 9.7.4).
    package static let doublewrite = Self("doublewrite", word: "doublewrite buffer")
    /// The redo log of InnoDB.
    package static let redoLog = Self("redoLog", word: "redo log", isEssential: true)
    /// The relay log of a replica.
    package static let relayLog = Self("relayLog", word: "relay log", isStatementLog: true)
    /// A file of InnoDB's system tablespace.
    package static let systemTablespace = Self("systemTablespace", word: "system tablespace", isEssential: true)
    /// A table of the server's own: accounts, privileges, plug-ins, the data dictionary.
    package static let systemTables = Self("systemTables", word: "system tables", isEssential: true)
    /// An undo tablespace of InnoDB.
    package static let undoLog = Self("undoLog", word: "undo log", isEssential: true)
}
