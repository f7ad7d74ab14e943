import Glibc
import Lifecycle
import Testing

@testable import MySQL

@Suite struct PreservedFilesTests {
    @Test func `what a start and a shutdown change beside the data is put back byte for byte`() throws {
        let scratch = try ScratchDirectory()
        let log = RecordedBinlogs.second
        let big = log + [UInt8](repeating: 7, count: 2 << 20)
        try scratch.write(log, to: "binlog.000001")
        try scratch.write(big, to: "binlog.000002")
        try scratch.write(Array("./binlog.000001\n".utf8), to: "binlog.index")
        try scratch.write([1], to: "ibdata1")
        try scratch.write([1], to: "gone.state")
        let preserved = try PreservedFiles(
            in: [scratch.path],
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
        try FileBytes.remove(scratch.path + "/gone.state")
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
        let preserved = try PreservedFiles(in: [scratch.path], logs: [:], data: [])
        try scratch.write([2], to: "some.state")
        try preserved.restore()
        #expect(try scratch.read("some.state") == [1])
        #expect(access(&name, F_OK) == 0)
        #expect(unlink(&name) == 0)
    }

    @Test func `a log that the recovery removed is an error, its content is not kept in memory`() throws {
        let scratch = try ScratchDirectory()
        let path = try scratch.write([UInt8](repeating: 1, count: 100_000), to: "binlog.000001")
        let preserved = try PreservedFiles(in: [scratch.path], logs: [path: 100_000], data: [])
        try FileBytes.remove(path)
        #expect(throws: MySQLError.self) { try preserved.restore() }
    }

    @Test func `large files that are no logs are left alone`() throws {
        let scratch = try ScratchDirectory()
        let path = try scratch.write([UInt8](repeating: 1, count: 2 << 20), to: "custom_tablespace")
        let named = try scratch.write([1], to: "small_tablespace")
        let preserved = try PreservedFiles(in: [scratch.path], logs: [:], data: [named])
        try scratch.write([UInt8](repeating: 2, count: 2 << 20), to: "custom_tablespace")
        try scratch.write([2], to: "small_tablespace")
        try preserved.restore()
        #expect(try FileBytes.read(path, count: 1) == [2])
        #expect(try FileBytes.read(named) == [2])
    }

    @Test func `times are put back too`() throws {
        let scratch = try ScratchDirectory()
        let path = try scratch.write([1], to: "binlog.index")
        let before = try FileBytes.status(of: path)
        let preserved = try PreservedFiles(in: [scratch.path], logs: [:], data: [])
        try scratch.write([2], to: "binlog.index")
        try preserved.restore()
        let after = try FileBytes.status(of: path)
        #expect(before.st_mtim.tv_nsec == after.st_mtim.tv_nsec)
        #expect(before.st_mtim.tv_sec == after.st_mtim.tv_sec)
    }
}
