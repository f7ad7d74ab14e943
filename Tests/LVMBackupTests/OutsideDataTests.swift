import Archive
import FoundationEssentials
import Host
import Lifecycle
import MySQL
import Testing

@testable import LVMBackup

/// Sets with data outside the data directory, as root with an installed MariaDB; the steps that need LVM are replaced.
@Suite(.enabled(if: FreshSet.isPossible && FreshSet.isMariaDB, "needs root and an installed MariaDB"), .serialized)
struct OutsideDataTests {
    static let layouts: [FreshSet.Layout] = {
        let change: (String, (inout FreshSet.Layout) -> Void) -> FreshSet.Layout = { name, change in
            var layout = FreshSet.Layout(name)
            change(&layout)
            return layout
        }
        let linked = "mkdir dbs; mv data/shop dbs/; chown mysql: dbs;"
        return [
            change("a table of InnoDB with DATA DIRECTORY") {
                $0.before = "install -d -o mysql -m 750 ext"
                $0.statements =
                    "CREATE TABLE shop.far (a INT) DATA DIRECTORY='VOL/ext';\nINSERT INTO shop.far VALUES (1);"
                $0.paths = ["ext/shop/far.ibd"]
            },
            change("tables of MyISAM and Aria with DATA DIRECTORY and INDEX DIRECTORY") {
                $0.before = "install -d -o mysql my index"
                $0.statements = """
                    CREATE TABLE shop.a (a INT PRIMARY KEY) ENGINE=MyISAM DATA DIRECTORY='VOL/my' INDEX DIRECTORY='VOL/my';
                    CREATE TABLE shop.b (a INT PRIMARY KEY) ENGINE=MyISAM DATA DIRECTORY='VOL/my';
                    CREATE TABLE shop.c (a INT PRIMARY KEY) ENGINE=MyISAM INDEX DIRECTORY='VOL/index';
                    CREATE TABLE shop.d (a INT PRIMARY KEY) ENGINE=Aria DATA DIRECTORY='VOL/my' INDEX DIRECTORY='VOL/index';
                    INSERT INTO shop.a VALUES (1);
                    INSERT INTO shop.b VALUES (1);
                    INSERT INTO shop.c VALUES (1);
                    INSERT INTO shop.d VALUES (1);
                    """
                $0.paths = ["my/a.MYD", "my/a.MYI", "my/b.MYD", "index/c.MYI", "my/d.MAD", "index/d.MAI"]
            },
            change("a file that is a link") {
                $0.after = "install -d -o mysql f; mv data/shop/orders.ibd f/o; ln -s VOL/f/o data/shop/orders.ibd"
                $0.paths = ["f/o"]
            },
            change("a database that is an absolute link") {
                $0.after = linked + "ln -s VOL/dbs/shop data/shop"
                $0.paths = ["dbs/shop"]
            },
            change("a database that is a relative link") {
                $0.after = linked + "ln -s ../dbs/shop data/shop"
                $0.paths = ["dbs/shop"]
            },
            change("a chain of links, with a file in a third place") {
                $0.after =
                    linked + "ln -s ../dbs/l2 data/shop; mkdir -p deep/a; ln -s VOL/deep/../dbs/shop dbs/l2; "
                    + "mv dbs/shop/orders.ibd deep/a/o; ln -s ../../deep/a/o dbs/shop/orders.ibd; chown -R mysql deep/a"
                $0.paths = ["dbs/l2@", "dbs/shop", "deep/a/o"]
            },
            change("a link in a directory of root's") {
                $0.after = linked + "ln -s ../l1 data/shop; ln -s dbs/shop l1"
                $0.paths = ["l1@", "dbs/shop"]
            },
            change("links in the data directory, and directories that are no databases") {
                $0.after = """
                    cd data; mkdir .snapshot old-name x.y; mv shop .real; ln -s .real shop; mv other .real2; ln -s VOL/data/.real2 other
                    chown -R mysql: .
                    """
            },
            change("logs in directories of their own") {
                $0.after = "install -d -o mysql redo aria; mv data/ib_logfile0 redo; mv data/aria_log* aria"
                $0.paths = ["aria", "redo"]
                $0.settings = ["innodb_log_group_home_dir": "VOL/redo", "aria_log_dir_path": "VOL/aria"]
            },
            change("a log in the directory above the data directory") {
                $0.after = "chown mysql: .; mv data/ib_logfile0 .; echo foreign > else"
                $0.paths = [""]
                $0.names = ["ib_logfile[0-9]*"]
                $0.settings = ["innodb_log_group_home_dir": "VOL"]
            },
        ]
    }()

    private static let question = """
        SELECT CONCAT(`TABLE_SCHEMA`, '.', `TABLE_NAME`) FROM `information_schema`.`TABLES`
        WHERE `TABLE_SCHEMA` IN ('shop', 'other') ORDER BY 1
        """

    @Test(arguments: layouts)
    func `a set is opened with all of its tables, and proven`(layout: FreshSet.Layout) async throws {
        let set = try await FreshSet(layout)
        let opening = SetOpening(set.place, configuration: set.configuration, guardian: nil)
        let ending = await opening.run { opened in
            let session = try await opened.server.openSession()
            defer { session.cut() }
            var counts: [String: String] = [:]
            for row in try await session.query(Self.question).values {
                let table = row[0] ?? ""
                counts[table] = try await session.query("SELECT COUNT(*) FROM \(table)").scalar
            }
            let databases = try await session.query("SHOW DATABASES").values.compactMap { $0[0] }
            return (counts, databases)
        }
        #expect(ending.leaked == [])
        let (counts, databases) = try ending.result.get()
        var expected = ["shop.orders": "2", "shop.notes": "1", "other.things": "0"]
        for name in ["far", "a", "b", "c", "d"] where layout.statements.contains("shop.\(name) ") {
            expected["shop.\(name)"] = "1"
        }
        #expect(counts == expected)
        #expect(databases.filter { $0.contains(".") } == [])
        let proof = SetProof(opening, level: .start)
        let proven = await VerificationRun(proof, configuration: set.configuration, guardian: nil).run()
        #expect(proven.outcome.failure == nil)
        #expect(!proven.isDamaged)
        let report = try #require(proven.report)
        #expect(report.leftOut.allSatisfy { $0.hasSuffix("its rows are in another directory") }, "\(report.leftOut)")
        #expect(proven.outcome.leaked == [])
        #expect(try set.names == [set.place.name])
    }

    /// The same of a forged set would be read from the directory of another database.
    @Test func `a link to data that the set does not have is not made`() async throws {
        var layout = FreshSet.Layout("")
        layout.after = "install -d -o mysql else/shop2; ln -s VOL/else/shop2 data/shop2; chown -h mysql: data/shop2"
        let set = try await FreshSet(layout)
        let opening = SetOpening(set.place, configuration: set.configuration, guardian: nil)
        let ending = await opening.run { opened in
            let session = try await opened.server.openSession()
            defer { session.cut() }
            return try await session.query("SHOW DATABASES LIKE 'shop2'").values.count
        }
        #expect(try ending.result.get() == 0)
    }
}
