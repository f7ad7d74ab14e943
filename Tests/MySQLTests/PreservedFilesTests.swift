import Glibc
import Host
import Lifecycle
import TestSupport
import Testing

@testable import MySQL

@Suite struct PreservedFilesTests {
    @Test func `files that a start and a shutdown change beside the data are put back byte for byte`() throws {
        let scratch = try ScratchDirectory()
        let log = RecordedBinlogs.second
        let big = log + [UInt8](repeating: 7, count: 2 << 20)
        try scratch.write(log, to: "binlog.000001")
        try scratch.write(big, to: "binlog.000002")
        try scratch.write(Array("./binlog.000001\n".utf8), to: "binlog.index")
        try scratch.write([1], to: "ibdata1")
        try scratch.write([1], to: "gone.state")
        let preserved = try PreservedFiles(
            in: [scratch.held],
            logs: [scratch.path + "/binlog.000001": 676, scratch.path + "/binlog.000002": 676],
            data: []
        )

        var marked = big
        marked[21] ^= 1
        try scratch.write(marked.prefix(676), to: "binlog.000002")
        try scratch.write(log.prefix(300), to: "binlog.000003")
        try scratch.write(Array("/copy/binlog.000001\n/copy/binlog.000003\n".utf8), to: "binlog.index")
        try scratch.write([2], to: "ibdata1")
        try scratch.write([9], to: "ib_buffer_pool")
        unlink(scratch.path + "/gone.state")
        try preserved.restore()

        #expect(try scratch.names == ["binlog.000001", "binlog.000002", "binlog.index", "gone.state", "ibdata1"])
        #expect(try scratch.read("binlog.000001") == log)
        #expect(try scratch.read("binlog.000002") == big)
        #expect(try scratch.read("binlog.index") == Array("./binlog.000001\n".utf8))
        #expect(try scratch.read("gone.state") == [1])
        #expect(try scratch.read("ibdata1") == [2])
    }

    @Test func `somebody else's file whose name is no UTF-8 does no harm, and stays`() throws {
        let scratch = try ScratchDirectory()
        try scratch.write([1], to: "some.state")
        var name = Array(scratch.path.utf8CString.dropLast()) + [CChar(47), CChar(bitPattern: 0xff), 0]
        close(open(&name, O_WRONLY | O_CREAT, 0o600))
        let preserved = try PreservedFiles(in: [scratch.held], logs: [:], data: [])
        try scratch.write([2], to: "some.state")
        try preserved.restore()
        #expect(try scratch.read("some.state") == [1])
        #expect(access(&name, F_OK) == 0)
        #expect(unlink(&name) == 0)
    }

    @Test func `a log that the recovery removed is an error, its content is not kept in memory`() throws {
        let scratch = try ScratchDirectory()
        let path = try scratch.write([UInt8](repeating: 1, count: 100_000), to: "binlog.000001")
        let preserved = try PreservedFiles(in: [scratch.held], logs: [path: 100_000], data: [])
        unlink(path)
        #expect(throws: MySQLError.self) { try preserved.restore() }
    }

    @Test func `large files that are no logs are left alone`() throws {
        let scratch = try ScratchDirectory()
        let path = try scratch.write([UInt8](repeating: 1, count: 2 << 20), to: "custom_tablespace")
        let named = try scratch.write([1], to: "small_tablespace")
        let preserved = try PreservedFiles(in: [scratch.held], logs: [:], data: [named])
        try scratch.write([UInt8](repeating: 2, count: 2 << 20), to: "custom_tablespace")
        try scratch.write([2], to: "small_tablespace")
        try preserved.restore()
        #expect(try HeldFile(path).read(from: 0, count: 1) == [2])
        #expect(try scratch.read("small_tablespace") == [2])
    }

    @Test func `times are put back too`() throws {
        let scratch = try ScratchDirectory()
        let path = try scratch.write([1], to: "binlog.index")
        let before = try HeldFile(path).status()
        let preserved = try PreservedFiles(in: [scratch.held], logs: [:], data: [])
        try scratch.write([2], to: "binlog.index")
        try preserved.restore()
        let after = try HeldFile(path).status()
        #expect(after.isUnmodified(since: before))
    }

    /// Something that is no regular file, or not the server's, in the place of a file or beside the files.
    enum Planted: String, CaseIterable {
        case fifo, socket, directory, link, danglingLink

        func plant(_ path: String, trap: String) throws {
            switch self {
            case .fifo: #expect(mkfifo(path, 0o600) == 0)
            case .socket: #expect(mknod(path, S_IFSOCK | 0o600, 0) == 0)
            case .directory: #expect(mkdir(path, 0o700) == 0)
            case .link: #expect(symlink(trap, path) == 0)
            case .danglingLink: #expect(symlink(trap + ".new", path) == 0)
            }
        }
    }

    @Test(.timeLimit(.minutes(1)), arguments: Planted.allCases)
    func `a special file or a link among the files is never opened, and stays`(planted: Planted) throws {
        let (scratch, outside) = (try ScratchDirectory(), try ScratchDirectory())
        let trap = try outside.write([7], to: "trap")
        try planted.plant(scratch.path + "/mysql.sock", trap: trap)
        try scratch.write([1], to: "some.state")
        let preserved = try PreservedFiles(in: [scratch.held], logs: [:], data: [])
        try scratch.write([2], to: "some.state")
        try preserved.restore()
        #expect(try scratch.read("some.state") == [1])
        #expect(try scratch.names == ["mysql.sock", "some.state"])
        #expect(try outside.read("trap") == [7])
    }

    @Test(.timeLimit(.minutes(1)), arguments: Planted.allCases)
    func `a file that was replaced is never written through`(planted: Planted) throws {
        let (scratch, outside) = (try ScratchDirectory(), try ScratchDirectory())
        let trap = try outside.write([7], to: "trap")
        let path = try scratch.write([1], to: "some.state")
        let preserved = try PreservedFiles(in: [scratch.held], logs: [:], data: [])
        unlink(path)
        try planted.plant(path, trap: trap)
        if planted == .directory {
            #expect(throws: MySQLError.self) { try preserved.restore() }
        } else {
            try preserved.restore()
            #expect(try scratch.read("some.state") == [1])
        }
        #expect(try outside.read("trap") == [7])
        #expect(try outside.names == ["trap"])
    }

    @Test func `another file that has got the name of a saved one keeps its content under its other names`() throws {
        let scratch = try ScratchDirectory()
        let path = try scratch.write([1], to: "some.state")
        let other = try scratch.write([UInt8](repeating: 5, count: 9), to: "ibdata1")
        let preserved = try PreservedFiles(in: [scratch.held], logs: [:], data: [])
        unlink(path)
        #expect(link(other, path) == 0)
        try preserved.restore()
        #expect(try scratch.read("some.state") == [1])
        #expect(try scratch.read("ibdata1") == [UInt8](repeating: 5, count: 9))
    }

    @Test func `a directory that is exchanged for a link is not left`() throws {
        let (scratch, outside) = (try ScratchDirectory(), try ScratchDirectory())
        mkdir(scratch.path + "/logs", 0o700)
        try scratch.write([1], to: "logs/some.state")
        try outside.write([7], to: "some.state")
        let preserved = try PreservedFiles(in: [scratch.held.directory("logs")], logs: [:], data: [])
        try scratch.write([2], to: "logs/some.state")
        rename(scratch.path + "/logs", scratch.path + "/moved")
        symlink(outside.path, scratch.path + "/logs")
        try preserved.restore()
        #expect(try scratch.read("moved/some.state") == [1])
        #expect(try outside.read("some.state") == [7])
    }

    @Test func `a file that is too much to be kept may stay as it is, and a change of it is an error`() throws {
        let scratch = try ScratchDirectory()
        try scratch.write([UInt8](repeating: 1, count: 1000), to: "a.state")
        try scratch.write([UInt8](repeating: 1, count: 1000), to: "b.state")
        let preserved = try PreservedFiles(in: [scratch.held], logs: [:], data: [], room: 1500)
        try scratch.write([2], to: "a.state")
        try preserved.restore()
        #expect(try scratch.read("a.state") == [UInt8](repeating: 1, count: 1000))
        try scratch.write([2], to: "b.state")
        #expect(throws: MySQLError.self) { try preserved.restore() }
    }

    @Test func `a sparse file in the place of a small one is cut, not read`() throws {
        let scratch = try ScratchDirectory()
        let path = try scratch.write([1], to: "some.state")
        let preserved = try PreservedFiles(in: [scratch.held], logs: [:], data: [])
        #expect(truncate(path, 1 << 40) == 0)
        try preserved.restore()
        #expect(try scratch.read("some.state") == [1])
    }
}
