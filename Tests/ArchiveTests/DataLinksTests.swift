import Testing

@testable import Archive

@Suite struct DataLinksTests {
    /// A server that calls its data directory `/var/lib/mysql`, which is a link to `/srv/vol/data`.
    private func links() throws -> DataLinks {
        let text = """
            {"format": "lvmbackup", "version": 1, "tool": "t", "run": "r", "host": "h", "unproven": [], "timings": {}, "warnings": [],
            "started": "2026-01-01T00:00:00.000Z", "published": "2026-01-01T00:00:00.000Z",
            "server": {"flavour": "mariadb", "version": "10.11", "datadir": "/var/lib/mysql/", "is_replica": false, "engines": []},
            "volume": {"name": "a/b", "uuid": "u", "filesystem": "xfs", "size": 1, "datadir": "data",
            "outside": {"/srv/vol/dbs/shop": "dbs/shop"}},
            "archive": {"location": "data.tar.zst", "bytes": 4, "source_bytes": 4, "members": 9, "excludes": [],
            "outside": ["/srv/vol/dbs/l2", "/srv/vol/dbs/shop", "/srv/vol/f/o.ibd"], "parts": []}}
            """
        return try #require(DataLinks(of: ManifestFile.decode(Array(text.utf8), path: "manifest.json")))
    }

    @Test(
        arguments: [
            ("load", "/srv/vol/dbs/shop", "/srv/vol/dbs/shop"), ("load", "../dbs/shop", "/srv/vol/dbs/shop"),
            ("load", "/srv/vol/deep/../dbs//l2/.", "/srv/vol/dbs/l2"),
            ("shop/o.ibd", "/srv/vol/f/o.ibd", "/srv/vol/f/o.ibd"),
            ("shop/o.ibd", "../../f/o.ibd", "/srv/vol/f/o.ibd"),
            ("deep/x", "/srv/vol/dbs/shop/a", "/srv/vol/dbs/shop/a"),
            ("load", "/var/lib/mysql/shop", "shop"), ("deep/a/x", "/srv/vol/data/shop/t", "../../shop/t"),
            ("a", "/var/lib/mysql", "."),
            (".lvmbackup/outside/srv/vol/dbs/l2", "/srv/vol/deep/../dbs/shop", "/srv/vol/dbs/shop"),
            (".lvmbackup/outside/srv/vol/dbs/l2", "/srv/vol/data/shop", "/var/lib/mysql/shop"),
            ("x", "/etc", nil), ("x", "/srv/vol/dbs", nil), ("x", "/srv/vol/dbs/shop2", nil),
            ("x", "/srv/vol/dbs/shop/../../f", nil),
            ("x", "/var/lib/mysql-live/shop", nil), ("x", "/var/lib/mysql/../other", nil),
            ("x", "../../../../../etc/passwd", nil),
            ("x", "/srv/vol/f/o.ibd2", nil), ("x", "/", nil),
            (".lvmbackup/outside/srv/vol/dbs/l2", "../../../etc", nil),
        ] as [(String, String, String?)]
    )
    func `a link is made where the set has data at its end`(link: String, target: String, made: String?) throws {
        let found = try links().target(of: MemberPath(RawPath(link)), to: RawPath(target))
        #expect(found?.description == made)
    }
}
