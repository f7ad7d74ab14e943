/// The product of a server.
package enum Flavour: String, Codable, Sendable {
    case mariadb, mysql, percona
}

/// The number of a release.
package struct ServerVersion: Comparable, Hashable, Sendable, CustomStringConvertible {
    package var major: Int
    package var minor: Int
    package var patch: Int

    package init(_ major: Int, _ minor: Int, _ patch: Int = 0) {
        self.major = major
        self.minor = minor
        self.patch = patch
    }

    package static func < (left: Self, right: Self) -> Bool {
        (left.major, left.minor, left.patch) < (right.major, right.minor, right.patch)
    }

    package var description: String { "\(major).\(minor).\(patch)" }
}

/// Product and release of a server.
package struct ServerIdentity: Equatable, Sendable {
    package var flavour: Flavour
    package var version: ServerVersion
    /// As the server reports it, such as "10.11.19-MariaDB-log".
    package var versionText: String

    /// Reads what `SELECT VERSION(), @@version_comment` answers.
    ///
    /// - Throws: ``MySQLError/version(_:)`` where the text doesn't start with a release number.
    package init(version text: String, comment: String) throws {
        // Servers of MariaDB 10 and 11 put this in front for old replicas.
        let number = text.hasPrefix("5.5.5-1") ? text.dropFirst(6) : text[...]
        let parts = number.prefix { $0.isNumber || $0 == "." }.split(separator: ".").compactMap { Int($0) }
        guard parts.count >= 2 else { throw MySQLError.version(text) }
        version = ServerVersion(parts[0], parts[1], parts.count > 2 ? parts[2] : 0)
        versionText = text
        let words = (text + " " + comment).lowercased()
        flavour = words.contains("mariadb") ? .mariadb : words.contains("percona") ? .percona : .mysql
    }

    package var isMariaDB: Bool { flavour == .mariadb }

    /// Whether `SHOW REPLICA STATUS` is known, with its column names; MariaDB keeps the old ones.
    var saysReplica: Bool { !isMariaDB && version >= ServerVersion(8, 0, 22) }
    /// Whether `SHOW MASTER STATUS` has become `SHOW BINARY LOG STATUS`.
    var saysBinaryLogStatus: Bool { !isMariaDB && version >= ServerVersion(8, 2) }
    /// Whether `CHANGE MASTER TO` has become `CHANGE REPLICATION SOURCE TO`.
    var saysReplicationSource: Bool { !isMariaDB && version >= ServerVersion(8, 0, 23) }
    /// Whether `performance_schema.keyring_component_status` exists.
    var hasKeyringComponents: Bool { !isMariaDB && version >= ServerVersion(8, 0, 24) }
    /// Whether `BACKUP STAGE` exists.
    var hasBackupStages: Bool { isMariaDB && version >= ServerVersion(10, 4) }
    /// Whether `LOCK INSTANCE FOR BACKUP` and `performance_schema.log_status` exist.
    var hasInstanceLock: Bool { !isMariaDB && version >= ServerVersion(8, 0) }
}
