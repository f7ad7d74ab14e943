import CLinux
import Glibc
import TestSupport

@testable import Archive

/// A tree of random members that a restore gives back without a change: names of any bytes, holes, links, modes, times.
struct RandomData {
    /// Relative to the root.
    private(set) var members: Set<[UInt8]> = []
    private var directories: [[UInt8]] = [[]]
    /// Members that a hard link can name.
    private var linkable: [[UInt8]] = []
    private let root: [UInt8]
    private var random: SeededGenerator

    /// Names that a restore treats in its own way, among them those that come last.
    private static let known = [
        "ibdata1", "ibdata2", "ib_logfile0", "mysql.ibd", "#innodb_redo", "#ib_redo7", "undo001", "shop", "orders.ibd",
    ]

    /// - Parameter root: an empty directory.
    init(in root: String, seed: UInt64) throws {
        self.root = Array(root.utf8)
        random = SeededGenerator(seed: seed)
        // Several frames of the archive hold 512 members each.
        let count = Int.random(in: 0..<10, using: &random) == 0 ? 700 : Int.random(in: 0...90, using: &random)
        for _ in 0..<count { try grow() }
        // The owner of the directories may do everything in them until here.
        for directory in directories.reversed() { try finish(directory, isDirectory: true) }
    }

    private mutating func grow() throws {
        let parent = directories.randomElement(using: &random) ?? []
        let path = (parent.isEmpty ? [] : parent + [0x2f]) + name()
        guard path.count < 2000, !members.contains(path), path.first != UInt8(ascii: ".") else { return }
        switch Int.random(in: 0..<12, using: &random) {
        case 0, 1:
            try check(path) { mkdir($0, 0o700) }
            directories.append(path)
        case 2:
            let target = target(from: parent)
            try check(path) { place in target.withCString { symlink($0, place) } }
            // From another place steps upwards may lead out of the tree.
            if !target.bytes.starts(with: Array("..".utf8)) { linkable.append(path) }
        case 3 where !linkable.isEmpty:
            let first = linkable.randomElement(using: &random) ?? []
            try check(path) { new in absolute(first).withCString { linkat(AT_FDCWD, $0, AT_FDCWD, new, 0) } }
        case 4 where Bool.random(using: &random):
            try check(path) { mkfifo($0, 0o600) }
            try finish(path)
        default:
            try makeFile(path)
            try finish(path)
            linkable.append(path)
        }
        members.insert(path)
    }

    private mutating func makeFile(_ path: [UInt8]) throws {
        let file = absolute(path).withCString { open($0, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600) }
        guard file >= 0 else { throw failed("open", path) }
        defer { close(file) }
        var end = 0
        for _ in 0..<Int.random(in: 0...4, using: &random) {
            // Frames have about 4 MiB.
            let most = Int.random(in: 0..<20, using: &random) == 0 ? 9_000_000 : 30_000
            let count = Int.random(in: 1...most, using: &random)
            let byte = UInt8.random(in: 0...255, using: &random)
            var bytes = [UInt8](repeating: byte, count: count)
            for _ in 0..<30 { bytes[Int.random(in: 0..<count, using: &random)] &+= 1 }
            guard pwrite(file, bytes, count, off_t(end)) == count else { throw failed("pwrite", path) }
            end += count + (Bool.random(using: &random) ? Int.random(in: 0...400_000, using: &random) : 0)
        }
        if Bool.random(using: &random), ftruncate(file, off_t(end)) != 0 { throw failed("ftruncate", path) }
    }

    /// Owner, mode and time.
    private mutating func finish(_ path: [UInt8], isDirectory: Bool = false) throws {
        if AwkwardTree.isRoot, Int.random(in: 0..<4, using: &random) == 0 {
            let owner = UInt32.random(in: 1...3_000_000, using: &random)
            try check(path) { chown($0, owner, owner / 2) }
        }
        let most: UInt32 = isDirectory ? 0o3777 : 0o777
        // The test is no root everywhere.
        let mode = UInt32.random(in: 0...most, using: &random) | (isDirectory ? 0o700 : 0o400)
        try check(path) { chmod($0, mode) }
        let seconds = Int.random(in: -100_000_000...4_000_000_000, using: &random)
        let time = timespec(tv_sec: seconds, tv_nsec: Int.random(in: 0..<1_000_000_000, using: &random))
        try check(path) { utimensat(AT_FDCWD, $0, [time, time], AT_SYMLINK_NOFOLLOW) }
    }

    private mutating func name() -> [UInt8] {
        if Int.random(in: 0..<3, using: &random) == 0 {
            return Array((Self.known.randomElement(using: &random) ?? "x").utf8)
        }
        let longest = Int.random(in: 0..<8, using: &random) == 0 ? 255 : 12
        let isWild = Bool.random(using: &random)
        let bytes = (0..<Int.random(in: 1...longest, using: &random)).map { _ in
            isWild ? UInt8.random(in: 1...255, using: &random) : UInt8.random(in: 0x61...0x7a, using: &random)
        }
        let name = bytes.map { $0 == UInt8(ascii: "/") ? 0x5f : $0 }
        return name.first == UInt8(ascii: ".") ? [0x78] + name : name
    }

    /// Of a symbolic link that stays in the tree, to a member or to nothing.
    private mutating func target(from parent: [UInt8]) -> RawPath {
        let depth = parent.isEmpty ? 0 : parent.split(separator: 0x2f).count
        let steps = Int.random(in: 0...depth, using: &random)
        return RawPath(bytes: Array(String(repeating: "../", count: steps).utf8) + name())
    }

    private func absolute(_ path: [UInt8]) -> RawPath { RawPath(bytes: root + [0x2f] + path) }

    private func check(_ path: [UInt8], _ call: (UnsafePointer<CChar>) -> Int32) throws {
        guard absolute(path).withCString(call) == 0 else { throw failed("a call", path) }
    }

    private func failed(_ call: String, _ path: [UInt8]) -> ToolFailed {
        ToolFailed(command: call, output: "\(RawPath(bytes: path)): \(String(cString: strerror(errno)))")
    }
}
