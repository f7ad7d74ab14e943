import Glibc
import Host
import TestSupport
import Testing

@testable import Storage

/// Trees as `/sys/dev/block` has them.
struct DeviceChainTests {
    private let scratch: ScratchDirectory
    private let device = DeviceNumber(major: 254, minor: 9)

    init() throws { scratch = try ScratchDirectory() }

    private func make(_ path: String, _ files: [String: String]) throws {
        for (name, text) in files {
            let file = "\(scratch.path)/\(path)/\(name)"
            try FileSystem.ensurePrivateTree(String(file[..<(file.lastIndex(of: "/") ?? file.endIndex)]))
            try write(text + "\n", to: file)
        }
    }

    private func write(_ text: String, to path: String) throws {
        let file = try #require(fopen(path, "w"))
        fputs(text, file)
        fclose(file)
    }

    @Test func `the volume itself has no layers`() throws {
        try make("254:9", ["dm/uuid": "LVM-x", "dm/name": "vg0-mysql"])
        let chain = DeviceChain(of: device, downTo: "LVM-", root: scratch.path)
        #expect(chain.base == "vg0-mysql")
        #expect(chain.layers == [])
    }

    @Test(arguments: [
        ("CRYPT-LUKS2-0-data", "\"data\" (dm-crypt)"), ("part1-LVM-x", "\"data\" (a partition)"),
        ("mpath-3600", "\"data\" (multipath)"), ("", "\"data\" (a device of device-mapper)"),
    ])
    func `a device of device-mapper on a volume is named by its kind`(uuid: String, layer: String) throws {
        try make("254:9", ["dm/uuid": uuid, "dm/name": "data"])
        try make("254:9/slaves/dm-3", ["dm/uuid": "LVM-x", "dm/name": "vg0-mysql"])
        let chain = DeviceChain(of: device, downTo: "LVM-", root: scratch.path)
        #expect(chain.base == "vg0-mysql")
        #expect(chain.layers == [layer])
    }

    @Test func `a partition of the kernel leads to its disk, and every layer is told`() throws {
        try make("disk/part", ["partition": "1"])
        try make("disk", ["dev": "7:0", "loop/backing_file": "/nowhere"])
        #expect(symlink("disk/part", scratch.path + "/254:9") == 0)
        #expect(symlink("disk", scratch.path + "/7:0") == 0)
        let chain = DeviceChain(of: device, downTo: "LVM-", root: scratch.path)
        #expect(chain.base == nil)
        #expect(chain.layers == ["\"part\" (a partition)", "\"disk\" (a loop device on \"/nowhere\")"])
    }

    @Test func `a tree that goes round ends`() throws {
        try make("254:9", ["dm/name": "data"])
        try FileSystem.ensurePrivateTree("\(scratch.path)/254:9/slaves")
        #expect(symlink("..", "\(scratch.path)/254:9/slaves/dm-1") == 0)
        #expect(DeviceChain(of: device, downTo: "LVM-", root: scratch.path).base == nil)
    }
}
