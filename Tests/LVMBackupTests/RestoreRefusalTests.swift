import Archive
import FoundationEssentials
import Host
import Lifecycle
import TestSupport
import Testing

@testable import LVMBackup

#if canImport(Glibc)
    import Glibc
#endif

/// A reason for which a restore is refused before anything is written.
struct RestoreRefusal: Sendable, CustomTestStringConvertible {
    let testDescription: String
    /// Makes the reason: a script in a directory with `sets/set` and `target`, which does not exist yet.
    ///
    /// It notes the processes that it starts in `pids`.
    let script: String
    /// Parts of the message.
    let parts: [String]
    var change: @Sendable (inout Restore) throws -> Void = { _ in }
    /// Whether `--force` is refused as well.
    var isAbsolute = true
    var status: Int32 = 78

    init(
        _ name: String,
        _ script: String,
        _ parts: [String],
        isAbsolute: Bool = true,
        status: Int32 = 78,
        change: @escaping @Sendable (inout Restore) throws -> Void = { _ in }
    ) {
        testDescription = name
        self.script = script
        self.parts = parts
        self.isAbsolute = isAbsolute
        self.status = status
        self.change = change
    }
}

extension RestoreRefusal {
    /// A process whose name is a server's.
    private static let server = "mkdir target; cp \"$(command -v sleep)\" mysqld; "
    private static let locker = """
        import fcntl,sys,time; f=open(sys.argv[1],'w'); fcntl.lockf(f,fcntl.LOCK_EX); open('ready','w'); time.sleep(100)
        """
    private static let listener = """
        import socket,time; s=socket.socket(socket.AF_UNIX); s.bind('target/mysql.sock'); s.listen(); open('ready','w'); time.sleep(100)
        """
    private static let note =
        ">/dev/null 2>&1 & echo $! >> pids; for i in $(seq 100); do [ -e ready ] && break; sleep 0.05; done"

    /// Rewrites the manifest as an earlier release wrote it, without a checksum.
    private static func manifest(_ change: String) -> String {
        """
        python3 - <<'END'
        import json
        path = 'sets/set/manifest.json'
        m = json.load(open(path))
        for key in 'revision', 'checksum': del m[key]
        \(change)
        json.dump(m, open(path, 'w'))
        END
        """
    }

    static let ofTarget = [
        Self(
            "a process works in it",
            server + "(cd target; exec ../mysqld 100 \(note)); sleep 0.2",
            ["process", "works in it"]
        ),
        Self(
            "a pid file names a server",
            server + "./mysqld 100 \(note); cp pids target/db1.pid; sleep 0.2",
            ["\"db1.pid\" names"]
        ),
        Self(
            "ibdata1 is locked",
            "mkdir target; python3 -c \"\(locker)\" target/ibdata1 \(note)",
            ["has locked its file \"ibdata1\""]
        ),
        Self(
            "aria_log_control is locked",
            "mkdir target; python3 -c \"\(locker)\" target/aria_log_control \(note)",
            ["has locked its file \"aria_log_control\""]
        ),
        Self(
            "it is in the directory of a server that works there",
            server + "mkdir -p target/new; (cd target; exec ../mysqld 100 \(note)); sleep 0.2",
            ["it is in", "/target\", on which a server runs"]
        ) { $0.target += "/new" },
        Self(
            "it is to be made in the directory of a server that has locked its files",
            "mkdir target; python3 -c \"\(locker)\" target/ibdata1 \(note)",
            ["it is in", "has locked its file"]
        ) { $0.target += "/new" },
        Self(
            "a socket answers",
            "mkdir target; python3 -c \"\(listener)\" \(note)",
            ["its socket \"mysql.sock\" answers"]
        ),
        Self(
            "it is not empty",
            "mkdir target; echo x > target/file",
            ["it is not empty: it holds \"file\""],
            isAbsolute: false
        ),
        Self(
            "an unfinished restore of another set",
            "mkdir target; echo 'set other 00' > target/.lvmbackup-incomplete",
            ["an unfinished restore of another set"],
            isAbsolute: false
        ),
        Self(
            "logs were being applied",
            "mkdir target; echo 'replay on set other 00' > target/.lvmbackup-incomplete",
            ["binary logs were being applied"]
        ),
        Self("some members", "mkdir target; echo 'part of set other 00' > target/.lvmbackup-incomplete", ["--only"]),
        Self(
            "a marker of another user",
            "mkdir target; echo 'set other 00' > target/.lvmbackup-incomplete; chown 65534 target/.lvmbackup-incomplete",
            ["belongs to user 65534"]
        ),
        Self("a file", "echo x > target", ["it is not a directory"]),
        Self("a missing parent", ":", ["there is no directory"]) { $0.target += "/new" },
        Self(
            "a link of another user",
            "mkdir others; ln -s .. others/up; chown -hR 65534 others; mkdir target",
            ["symbolic link"]
        ) { $0.target = $0.target.replacing("/target", with: "/others/up/target") },
        Self("too few bytes", "mkdir target; mount -t tmpfs -o size=1m x target", ["B are needed", "are free"]),
        Self(
            "too few inodes",
            "mkdir target; mount -t tmpfs -o nr_inodes=20 x target",
            ["inodes are needed, 19 are free"]
        ),
    ]

    static let ofServer =
        FreshSet.isPossible
        ? [
            Self(
                "a server of another flavour",
                manifest("m['server']['flavour'] = 'mysql' if m['server']['flavour'] == 'mariadb' else 'mariadb'"),
                ["the installed server is", "the data is of"]
            ) { $0.acceptsAnyServer = false },
            Self("an older server", manifest("m['server']['version'] = '99.1.2'"), ["is older than"]) {
                $0.acceptsAnyServer = false
            },
        ] : []

    static let ofSet = [
        Self("no archive", manifest("del m['archive']"), ["it has no archive"]),
        Self(
            "an archive elsewhere",
            manifest("m['archive'].update(location='restic:7f3a', parts=[]); del m['archive']['compression']"),
            ["its archive is at \"restic:7f3a\""]
        ),
        Self(
            "the archive is missing",
            "rm sets/set/data.tar.zst",
            ["data.tar.zst\" is damaged", "the file is missing"]
        ),
        Self("the index is missing", "rm sets/set/index.jsonl", ["index.jsonl\" is damaged", "the file is missing"]),
        Self("the manifest is missing", "rm sets/set/manifest.json", ["cannot read", "manifest.json"]),
        Self(
            "a link in place of the archive",
            "cd sets/set; mv data.tar.zst x; ln -s x data.tar.zst",
            ["the file is missing"]
        ),
        Self("the archive is cut off", "truncate -s -1 sets/set/data.tar.zst", ["bytes in place of"]),
        Self("the archive is too long", "echo >> sets/set/data.tar.zst", ["bytes in place of"]),
        Self("the manifest was changed", "sed -i s/zstd/gzip/ sets/set/manifest.json", ["its checksum is wrong"]),
        Self("the manifest is cut off", "truncate -s 99 sets/set/manifest.json", ["is no manifest"]),
        Self("a later version of the format", manifest("m['version'] = 2"), ["it has version 2, this program reads 1"]),
        Self("an unknown compression", manifest("m['archive']['compression'] = 'lzma:9'"), ["its archive is at"]),
        Self(
            "sizes without sense",
            manifest("m['archive']['source_bytes'] = 2**62; m['archive']['members'] = 2**60"),
            ["make no sense"]
        ),
        Self("a partial set", "mv sets/set sets/.set", ["is a partial set: its run did not finish"]) {
            $0.source = .set(SetPlace(destination: place(of: $0).destination, name: ".set"))
        },
        Self(
            "it is being removed",
            "flock -x sets/set sh -c 'touch ready; exec sleep 100' \(note)",
            ["being removed"],
            status: 75
        ),
        Self("there is none", ":", ["cannot find the set"]) {
            $0.source = .set(SetPlace(destination: place(of: $0).destination, name: "other"))
        },
        Self("a pattern without a match", ":", ["no member that matches \"shop/ordres.ibd\""]) {
            $0.only = try MemberPatterns(["shop/ordres.ibd"])
        },
        Self(
            "a damaged index, for some members",
            "sed -i '5s/[0-9]/x/' sets/set/index.jsonl",
            ["index.jsonl\" is damaged"]
        ) {
            $0.only = try MemberPatterns(["shop/"])
        },
    ]

    private static func place(of restore: Restore) -> SetPlace {
        guard case .set(let place) = restore.source else { fatalError("no set") }
        return place
    }
}

/// Each refusal of the documents: its message, its status, and a target that is as it was.
@Suite(.enabled(if: TreeSet.isPossible, "needs root"), .serialized)
struct RestoreRefusalTests {
    /// More than 20 files and 1 MiB.
    private static let tree = """
        mkdir shop; head -c 2M /dev/zero > shop/orders.ibd; echo 1 > ibdata1; for n in $(seq 30); do echo $n > shop/$n.frm; done
        """

    @Test(arguments: RestoreRefusal.ofTarget + RestoreRefusal.ofServer + RestoreRefusal.ofSet)
    func `a restore is refused before anything is written`(refusal: RestoreRefusal) async throws {
        let set = try await TreeSet(Self.tree)
        try await shell("mv sets/\(set.place.name) sets/set", in: set.scratch)
        do { try await expectRefused(refusal, set) } catch {
            try await end(set)
            throw error
        }
        try await end(set)
    }

    private func expectRefused(_ refusal: RestoreRefusal, _ set: TreeSet) async throws {
        try await shell(refusal.script, in: set.scratch)
        let before = try await members(set)
        for isForced in refusal.isAbsolute ? [false, true] : [false] {
            var restore = TreeSet.restore(SetPlace(destination: set.place.destination, name: "set"), to: set.target)
            restore.isForced = isForced
            try refusal.change(&restore)
            let outcome = await run(restore, set).outcome
            #expect(outcome.exitStatus == refusal.status)
            let failure = try #require(outcome.failure)
            for part in refusal.parts { #expect(failure.message.contains(part), "\(failure.message)") }
            #expect(failure.advice?.contains("again to go on") == false, "\(failure.advice ?? "no advice")")
            let after = try await members(set)
            #expect(after == before)
        }
    }

    /// The target with all that is in it.
    private func members(_ set: TreeSet) async throws -> String {
        try await shell("[ ! -e target ] || find target -printf '%p %y %m %U:%G %s %T@\\n'", in: set.scratch)
    }

    /// Ends the processes and mounts of a row.
    private func end(_ set: TreeSet) async throws {
        let script = "if [ -e pids ]; then kill $(cat pids); fi; if mountpoint -q target; then umount target; fi"
        try await shell(script, in: set.scratch)
    }

    @Test func `a restore by another user than root is refused, unless owners are left out`() async throws {
        let set = try await TreeSet()
        await #expect(processExitsWith: .success) { [target = set.target as String] in
            try #require(seteuid(65534) == 0)
            var restore = Restore(.stream(STDIN_FILENO), to: target)
            let error = await #expect(throws: ReadError.self) { try await restore.run() }
            #expect(error?.failure.kind == .unsuitable)
            #expect(error?.failure.message.contains("only root can give files to their owners") == true)
            #expect(error?.failure.advice?.contains("--no-owner") == true)
            restore.keepsOwners = false
            // Another user's directory is the next obstacle.
            await #expect(throws: (any Error).self) { try await restore.run() }
        }
        #expect(!FileManager.default.fileExists(atPath: set.target))
    }

    @Test func `a restore that finds the disk full tells the missing room, and goes on in more`() async throws {
        let set = try await TreeSet()
        let script = "mkdir target; mount -t tmpfs -o mode=711,size=8m x target; head -c 6M /dev/zero > target/large"
        try await shell(script, in: set.scratch)
        do {
            // A restore that goes on is not refused for want of room: it does not know how much it still needs.
            let marker = RestoreJob.identity(of: try await set.place.open()) + "\n"
            try Data(marker.utf8).write(to: URL(filePath: set.target + "/.lvmbackup-incomplete"))
            let full = await run(set.restore, set).outcome
            #expect(full.exitStatus == 1)
            #expect(full.failure?.message.contains("No space left on device") == true)
            let advice = try #require(full.failure?.advice)
            let missing = try #require(advice.firstMatch(of: /up to (\d+) MiB are missing/)?.output.1)
            #expect((2...5).contains(Int(missing) ?? 0), "\(advice)")
            #expect(advice.contains("make room in the file system of \"\(set.target)\""))
            #expect(advice.contains("run the same command again to go on"))
            try await shell("rm target/large", in: set.scratch)
            #expect(await run(set.restore, set).outcome.exitStatus == 0)
            #expect(try await set.differences() == [])
        } catch {
            try await end(set)
            throw error
        }
        try await end(set)
    }

    @Test func `no number is told where no room seems to be missing`() throws {
        let full = ArchiveError.unwritable(path: "/tmp/file", errno: ENOSPC)
        let failure = Failure(RoomShortage("/tmp", nil, nil, written: 0).explain(full))
        #expect(failure.advice == "make room in the file system of \"/tmp\"")
    }

    private func run(_ restore: Restore, _ set: TreeSet) async -> (outcome: Outcome, report: RestoreRun.Report?) {
        var configuration = Configuration()
        configuration.stateDirectory = set.scratch + "/state"
        configuration.runDirectory = set.scratch + "/run"
        return await RestoreRun(.plain(restore), configuration: configuration, guardian: nil).run()
    }
}
