import Glibc
internal import Host

/// Keeps other users out of an incomplete target: no server starts there, whatever its settings are.
///
/// The directory is root's, with mode 700, until the end. ``LastNames`` alone would leave settings under which a server
/// reads none of their files. For another user than root the placeholders have to do: a process that takes the rights of
/// its own directory away cannot go on in it.
struct TargetSeal: Equatable {
    private static let mode: UInt32 = 0o700
    private static let word = "before"

    /// Of the directory before.
    let user: UInt32
    let group: UInt32
    let mode: UInt32

    static var isPossible: Bool { geteuid() == 0 }

    /// - Parameter noted: what an interrupted restore has noted; the directory has other values where it is still closed.
    init(of target: FileIdentity, noted: TargetSeal?) {
        let isClosed = target.uid == geteuid() && target.mode & 0o7777 == Self.mode
        if isClosed, let noted {
            self = noted
        } else {
            (user, group, mode) = (target.uid, target.gid, target.mode & 0o7777)
        }
    }

    /// Nil for a text that is none.
    init?(_ text: String) {
        let words = text.split(separator: " ")
        guard words.count == 4, words[0] == Self.word, let mode = UInt32(words[1], radix: 8), mode <= 0o7777,
            let user = UInt32(words[2]), let group = UInt32(words[3])
        else { return nil }
        (self.user, self.group, self.mode) = (user, group, mode)
    }

    var text: String { "\(Self.word) \(String(mode, radix: 8)) \(user) \(group)" }

    /// - Throws: `HostError`
    func close(_ target: HeldDirectory) throws {
        // The mode comes first: the former owner could change it back.
        try target.setMode(Self.mode)
        try target.setOwner(uid: geteuid(), gid: getegid())
        try target.setMode(Self.mode)
        try target.sync()
    }

    /// Gives the directory its former owner.
    ///
    /// - Parameter isMember: whether the archive has a mode for it; else it gets the former one.
    /// - Throws: `HostError`
    func open(_ target: HeldDirectory, isMember: Bool) throws {
        try target.setOwner(uid: user, gid: group)
        if !isMember { try target.setMode(mode) }
    }
}
