package import Host

/// The devices below a block device, as `/sys/dev/block` shows them.
package struct DeviceChain: Sendable, Equatable {
    /// Devices from the top down, such as `"data" (dm-crypt)`; without the base.
    package private(set) var layers: [String] = []
    /// The device-mapper name of the device on which the chain stands; nil where there is none below.
    package private(set) var base: String?

    /// - Parameters:
    ///   - base: how the base's UUID in device-mapper begins, such as "LVM-".
    ///   - root: of the tree of devices' numbers.
    package init(of device: DeviceNumber, downTo base: String, root: String = "/sys/dev/block") {
        var next = "\(root)/\(device)"
        // A stack is never that high; links of a made-up tree may go round.
        for _ in 0..<16 {
            let uuid = Self.line("\(next)/dm/uuid") ?? ""
            if uuid.hasPrefix(base) {
                self.base = Self.line("\(next)/dm/name")
                return
            }
            layers.append(Self.describe(next, uuid))
            guard let lower = Self.below(next, root) else { return }
            next = lower
        }
    }

    /// Whether a device is above another one, as that of dm-crypt is above its volume.
    package static func stands(_ upper: DeviceNumber, on lower: DeviceNumber, root: String = "/sys/dev/block") -> Bool {
        var next = "\(root)/\(upper)"
        for _ in 0..<16 {
            guard let device = below(next, root) else { return false }
            if line("\(device)/dev") == "\(lower)" { return true }
            next = device
        }
        return false
    }

    private static func describe(_ device: String, _ uuid: String) -> String {
        // The kernel's name, such as "loop0", is the last part of the link's target; a device may disappear.
        let kernel = (try? FileSystem.realPath(device))?.pathComponents.last ?? device
        let name = line("\(device)/dm/name") ?? kernel
        let kind: String
        if uuid.hasPrefix("CRYPT-") {
            kind = "dm-crypt"
        } else if uuid.hasPrefix("part") || line("\(device)/partition") != nil {
            kind = "a partition"
        } else if uuid.hasPrefix("mpath-") {
            kind = "multipath"
        } else if let file = line("\(device)/loop/backing_file") {
            kind = "a loop device on \"\(file)\""
        } else if line("\(device)/md/level") != nil {
            kind = "a software RAID"
        } else {
            kind = line("\(device)/dm/name") != nil ? "a device of device-mapper" : "a block device"
        }
        return "\"\(name)\" (\(kind))"
    }

    /// The device below; of several, the first: the message only has to say that there is a device between.
    private static func below(_ device: String, _ root: String) -> String? {
        // No such directory: no device is below.
        if let slave = try? listDirectory("\(device)/slaves").sorted().first { return "\(device)/slaves/\(slave)" }
        if line("\(device)/partition") != nil, let number = line("\(device)/../dev") { return "\(root)/\(number)" }
        guard let file = line("\(device)/loop/backing_file"), let node = try? FileIdentity(of: file) else { return nil }
        // A file is on a device, a node is one.
        let number = node.represents.major == 0 ? node.device : node.represents
        return "\(root)/\(number)"
    }

    private static func line(_ path: String) -> String? {
        // No such file: the device is of another kind.
        guard let bytes = try? readFile(path) else { return nil }
        return String(decoding: bytes, as: UTF8.self).split(separator: "\n").first.map(String.init)
    }
}
