import Host

/// The bytes of a file by which it can be put back: all of a small one, both ends of a log.
///
/// Logs can be many.
struct PreservedContent: Sendable {
    /// Above this size only logs are preserved; of them a server changes a flag in the header, and the end.
    private static let small: UInt64 = 1 << 20
    /// Of a log a server changes no more at its front than a flag.
    private static let header = 4096
    /// The part of a log that a start may cut off is kept in memory up to this size.
    private static let longestTail: UInt64 = 32 << 20

    private let isLog: Bool
    private let head: [UInt8]
    /// The bytes from `tailOffset` on, which a server may cut off.
    private let tail: [UInt8]
    private let tailOffset: UInt64

    /// Nil for a large file that is no log.
    ///
    /// - Parameters:
    ///   - end: where a log ends, without what a start may cut off; nil for any other file.
    ///   - room: how many bytes may still be kept; a file that does not fit is kept without content.
    /// - Throws: `HostError`.
    init?(of file: HeldFile, _ status: FileStatus, end: UInt64?, room: inout Int) throws {
        isLog = end != nil
        if !isLog, status.size > Self.small { return nil }
        tailOffset = min(end ?? status.size, status.size)
        let wanted = isLog ? min(Self.header, Int(clamping: status.size)) : Int(status.size)
        head = wanted <= room ? try file.read(from: 0, count: wanted) : []
        room -= head.count
        let rest = status.size - tailOffset
        tail =
            rest <= min(Self.longestTail, UInt64(max(room, 0))) ? try file.read(from: tailOffset, count: Int(rest)) : []
        room -= tail.count
    }

    /// Whether the file can be made anew from it.
    func isWhole(_ status: FileStatus) -> Bool { UInt64(head.count) == status.size }

    /// Whether it undoes the change from `before` to `now`.
    func suffices(against now: FileStatus, _ before: FileStatus) -> Bool {
        if !isLog { return isWhole(before) }
        let end = tailOffset + UInt64(tail.count)
        return now.size >= before.size || end == before.size && now.size >= tailOffset
    }

    /// - Throws: `HostError`.
    func write(to file: HeldFile) throws {
        try file.write(head, at: 0)
        if !tail.isEmpty { try file.write(tail, at: tailOffset) }
    }
}
