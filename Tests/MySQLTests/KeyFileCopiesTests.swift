import Host
import Lifecycle
import TestSupport
import Testing

@testable import MySQL

#if canImport(Glibc)
    import Glibc
#endif

@Suite struct KeyFileCopiesTests {
    private let scratch: ScratchDirectory

    init() throws {
        scratch = try ScratchDirectory()
        for name in ["data", "keys", "recovery"] { mkdir(scratch.path + "/" + name, 0o700) }
        try scratch.write("secret".utf8, to: "keys/keyring")
    }

    private func copies(version: String, key: String, basedir: String = "/usr") throws -> KeyFileCopies {
        let datadir = scratch.path + "/data"
        let volume = Volume(
            group: "g",
            name: "v",
            device: "/dev/g/v",
            deviceNumber: "511:77",
            size: 1,
            free: 1,
            filesystem: "xfs"
        )
        let paths = try CopyPaths(
            location: Location(volume: volume, paths: [DataPath(role: .datadir, path: datadir, pathOnVolume: "")]),
            mount: Mount(path: datadir, mountPoint: datadir, release: Release("mount") {}),
            server: Server(flavour: "mysql", version: version, datadir: datadir)
        )
        let reading = ServerReading(
            identity: try ServerIdentity(version: version, comment: ""),
            variables: ServerVariables(["datadir": datadir, "basedir": basedir]),
            inventory: Inventory(files: [DataFile(role: .keyring, path: scratch.path + "/" + key, isRequired: false)]),
            plugins: []
        )
        return KeyFileCopies(copy: try RecoverableCopy(reading, paths))
    }

    private func make(_ copies: KeyFileCopies) throws -> [NamespaceCopy.Cover] {
        let account = try ServerAccount(of: getpid(), owner: FileIdentity(of: scratch.path + "/data"))
        return try copies.make(in: HeldDirectory(scratch.path + "/recovery"), for: account)
    }

    @Test func `MySQL's recovery server sees a copy of the key file in the place of the live one`() throws {
        let covers = try make(try copies(version: "9.7.4", key: "keys/keyring"))
        #expect(covers.map(\.source.path) == [scratch.path + "/recovery/keys-0"])
        #expect(covers.map(\.target) == [scratch.path + "/keys"])
        #expect(try scratch.read("recovery/keys-0/keyring") == Array("secret".utf8))
        try RecoveryDirectory(path: scratch.path + "/recovery").remove()
        #expect(try scratch.names == ["data", "keys"])
    }

    /// A hook has named the server, so that no process is known.
    @Test(.enabled(if: geteuid() == 0, "another user's rights need root"))
    func `a file that the server's user cannot read is no key file`() throws {
        chmod(scratch.path, 0o755)
        for name in ["data", "keys"] { chown(scratch.path + "/" + name, 65_534, 65_534) }
        chmod(scratch.path + "/keys/keyring", 0o600)
        let copies = try copies(version: "9.7.4", key: "keys/keyring")
        let account = try ServerAccount(of: nil, owner: FileIdentity(of: scratch.path + "/data"))
        let recovery = try HeldDirectory(scratch.path + "/recovery")
        #expect(throws: HostError.self) { try copies.make(in: recovery, for: account) }
        chown(scratch.path + "/keys/keyring", 65_534, 65_534)
        #expect(try copies.make(in: HeldDirectory(scratch.path + "/data"), for: account).count == 1)
    }

    @Test func `MariaDB reads its key file only, and needs no copy`() throws {
        #expect(try make(try copies(version: "11.8.9-MariaDB", key: "keys/keyring")).isEmpty)
    }

    @Test func `a key file beside the server's programs is refused`() throws {
        let copies = try copies(version: "9.7.4", key: "keys/keyring", basedir: scratch.path + "/keys/mysql")
        #expect(throws: MySQLError.sharedKeys(scratch.path + "/keys")) { try make(copies) }
    }

    @Test func `a link or a FIFO in the place of the key file is not read`() throws {
        symlink("/etc/hostname", scratch.path + "/keys/link")
        mkfifo(scratch.path + "/keys/fifo", 0o600)
        #expect(throws: HostError.self) { try make(try copies(version: "9.7.4", key: "keys/link")) }
        rmdir(scratch.path + "/recovery/keys-0")
        #expect(throws: HostError.self) { try make(try copies(version: "9.7.4", key: "keys/fifo")) }
    }
}
