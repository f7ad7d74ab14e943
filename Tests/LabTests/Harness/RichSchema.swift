import Testing

/// The schema `rich`: tables of every kind that InnoDB stores in another way, and a procedure that changes them all.
enum RichSchema {
    /// A directory on the data's volume, outside the data directory of the layout ``layout(_:)``.
    static let outside = "/var/lib/mysql/outside"

    /// The data directory is below the volume's root, so that the volume has room for data outside of it.
    static func layout(_ settings: [String] = []) -> Layout {
        var layout = Layout(subdirectory: "data")
        layout.settings = ServerProduct.here == .mysql ? ["innodb_directories=\(outside)"] + settings : settings
        return layout
    }

    /// Makes the schema where it is missing.
    static func create(on host: DatabaseHost) async throws {
        guard try await host.query("SHOW DATABASES LIKE 'rich'").isEmpty else { return }
        try await check("install", "-d", "-o", "mysql", "-g", "mysql", outside)
        try await host.query(common)
        try await host.query(ServerProduct.here == .mysql ? mysql : mariadb)
        try await host.query(churn, delimiter: "//")
    }

    /// Runs `body` while the procedure changes every table of the schema.
    @discardableResult
    static func whileChanging<Value: Sendable>(
        _ host: DatabaseHost,
        _ body: () async throws -> Value
    ) async throws -> Value {
        try await host.query("DELETE FROM rich.stop")
        let client = try Command(ServerProduct.here.client(DatabaseHost.socket) + ["-e", "CALL rich.churn()"])
        try await until("the tables change") {
            try #require(client.isRunning, "the changes ended: \(client.errors)")
            return try await host.query("SELECT max(id) > 320 FROM rich.parted") == [["1"]]
        }
        do {
            let value = try await body()
            try await host.query("INSERT INTO rich.stop VALUES (1)")
            let ended = await client.wait(limit: .seconds(60))
            #expect(ended.status == 0, ended.report)
            return value
        } catch {
            client.signal(9)
            throw error
        }
    }

    private static let common = """
        CREATE DATABASE rich;
        USE rich;
        CREATE TABLE stop (now int PRIMARY KEY);
        CREATE TABLE packed (id int PRIMARY KEY, note text) ROW_FORMAT=COMPRESSED KEY_BLOCK_SIZE=8;
        CREATE TABLE parted (id int AUTO_INCREMENT PRIMARY KEY, note varchar(200)) PARTITION BY HASH (id) PARTITIONS 4;
        CREATE TABLE ranged (id int PRIMARY KEY, note varchar(200)) PARTITION BY RANGE (id)
            (PARTITION low VALUES LESS THAN (200), PARTITION high VALUES LESS THAN MAXVALUE);
        CREATE TABLE parent (id int PRIMARY KEY) ;
        CREATE TABLE child (id int PRIMARY KEY, parent int, doubled int AS (id * 2) VIRTUAL, KEY (doubled),
            FOREIGN KEY (parent) REFERENCES parent (id) ON DELETE CASCADE);
        CREATE TABLE texts (id int PRIMARY KEY, body text, FULLTEXT KEY (body));
        CREATE TABLE blobs (id int PRIMARY KEY, content longblob);
        CREATE TABLE away (id int PRIMARY KEY, note varchar(200)) DATA DIRECTORY = '\(outside)';
        CREATE VIEW both_ids AS SELECT packed.id FROM packed JOIN parted ON packed.id = parted.id;
        """

    /// The tables that MariaDB compresses by itself.
    private static let mariadb = """
        USE rich;
        CREATE TABLE squeezed (id int PRIMARY KEY, note text) PAGE_COMPRESSED=1;
        CREATE TABLE general (id int PRIMARY KEY, note text);
        CREATE TABLE general_outside (id int PRIMARY KEY, note text) DATA DIRECTORY = '\(outside)';
        """

    /// General tablespaces and undo tablespaces, in the data directory and outside.
    private static let mysql = """
        USE rich;
        CREATE TABLE squeezed (id int PRIMARY KEY, note text) COMPRESSION='zlib';
        CREATE TABLESPACE inner_space ADD DATAFILE 'inner_space.ibd';
        CREATE TABLESPACE outer_space ADD DATAFILE '\(outside)/outer_space.ibd';
        CREATE TABLE general (id int PRIMARY KEY, note text) TABLESPACE inner_space;
        CREATE TABLE general_outside (id int PRIMARY KEY, note text) TABLESPACE outer_space;
        CREATE UNDO TABLESPACE undo_inner ADD DATAFILE 'undo_inner.ibu';
        CREATE UNDO TABLESPACE undo_outer ADD DATAFILE '\(outside)/undo_outer.ibu';
        """

    private static let churn = """
        CREATE PROCEDURE rich.churn()
        BEGIN
          DECLARE n int DEFAULT 0;
          SELECT coalesce(max(id), 0) INTO n FROM rich.packed;
          WHILE NOT EXISTS (SELECT 1 FROM rich.stop) DO
            SET n = n + 1;
            START TRANSACTION;
            INSERT INTO rich.packed VALUES (n, repeat('p', 500));
            INSERT INTO rich.parted (note) VALUES (repeat('q', n % 200));
            INSERT INTO rich.ranged VALUES (n, repeat('r', n % 200));
            INSERT INTO rich.parent VALUES (n);
            INSERT INTO rich.child (id, parent) VALUES (n, n);
            INSERT INTO rich.texts VALUES (n, concat('word', n, ' and word', n % 7));
            INSERT INTO rich.blobs VALUES (n, repeat('b', 2000));
            INSERT INTO rich.away VALUES (n, repeat('w', n % 200));
            COMMIT;
            START TRANSACTION;
            INSERT INTO rich.squeezed VALUES (n, repeat('s', 2000));
            INSERT INTO rich.general VALUES (n, repeat('g', 300));
            INSERT INTO rich.general_outside VALUES (n, repeat('o', 300));
            UPDATE rich.packed SET note = concat(note, 'u') WHERE id = n - 3;
            UPDATE rich.parted SET note = concat(left(note, 100), 'v') WHERE id = n - 5;
            DELETE FROM rich.parent WHERE id = n - 50;
            IF n % 4 = 0 THEN ROLLBACK; ELSE COMMIT; END IF;
            IF n > 400 THEN DO SLEEP(0.02); END IF;
          END WHILE;
        END//
        """
}
