import Foundation
import Testing

/// A device of device-mapper whose table is changed while it is in use.
struct TableOfDevice: Sendable {
    let name: String
    /// In sectors.
    private let size: Int
    /// The disk below and where on it the device begins.
    private let below: String
    private let image: String?

    var path: String { "/dev/mapper/\(name)" }

    /// The one that `database-host --mapper` made.
    static func base() async throws -> TableOfDevice {
        // "0 16775168 linear 98:16 2048"
        let words = try await check("dmsetup", "table", "base").split(whereSeparator: \.isWhitespace).map(String.init)
        try #require(words.count == 5 && words[2] == "linear", "\(words)")
        return TableOfDevice(
            name: "base",
            size: try #require(Int(words[1])),
            below: "\(words[3]) \(words[4])",
            image: nil
        )
    }

    /// A new one on a file of the second disk, of so many MiB.
    static func loop(_ name: String, size: Int) async throws -> TableOfDevice {
        let image = "/srv/\(name).img"
        try await check("truncate", "-s", "\(size + 1)M", image)
        let loop = try await check("losetup", "--find", "--show", image).trimmingCharacters(in: .newlines)
        // Behind what LVM would take for a label on the loop device itself.
        let device = TableOfDevice(name: name, size: size << 11, below: "\(loop) 2048", image: image)
        try await check("dmsetup", "create", name, "--table", device.linear)
        try await check("dmsetup", "mknodes", name)
        return device
    }

    private var linear: String { "0 \(size) linear \(below)" }

    func restore() async throws { try await load(linear) }

    /// Writes take so long; reads don't.
    func slow(milliseconds: Int) async throws {
        try await load("0 \(size) delay \(below) 0 \(below) \(milliseconds)")
    }

    /// Writes fail, for so many seconds after so many in which they don't.
    func failWrites(up: Int = 0, down: Int = 3600) async throws {
        try await load("0 \(size) flakey \(below) \(up) \(down) 1 error_writes")
    }

    /// Reads and writes fail.
    func fail() async throws { try await load("0 \(size) error") }

    /// Reads and writes wait.
    func stall() async throws { try await check("dmsetup", "suspend", "--nolockfs", "--noflush", name) }

    func goOn() async throws { try await check("dmsetup", "resume", name) }

    private func load(_ table: String) async throws {
        try await check("dmsetup", "reload", name, "--table", table)
        try await stall()
        try await goOn()
    }

    func remove() async throws {
        try await check("dmsetup", "remove", name)
        guard let image else { return }
        try await check("bash", "-c", "losetup --detach $(losetup --noheadings --output NAME --associated \(image))")
        try await check("rm", image)
    }
}
