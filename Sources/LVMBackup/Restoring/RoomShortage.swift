import Archive
import Glibc
import Host
import Lifecycle

/// The failure of a restore whose target became full, with the room that is missing.
struct RoomShortage {
    let target: String
    /// Bytes of data that the restore had not written yet, and a block for each of its members.
    let needed: Int64
    let members: Int

    /// - Parameter written: bytes of data.
    init(_ target: String, _ manifest: Manifest?, _ chosen: ChosenMembers?, written: Int64) {
        self.target = target
        members = chosen?.members ?? manifest?.archive?.members ?? 0
        let bytes = chosen?.bytes ?? manifest?.archive?.sourceBytes ?? 0
        // The manifest may be another user's, and say anything.
        let left = max(0, bytes.subtractingReportingOverflow(written).partialValue)
        let blocks = Int64(members).multipliedReportingOverflow(by: RestoreTarget.block)
        let (sum, isTooMuch) = left.addingReportingOverflow(blocks.partialValue)
        needed = blocks.overflow || isTooMuch ? .max : sum
    }

    /// The error with an advice, where it says that there is no room.
    func explain(_ error: any Error) -> any Error {
        guard case ArchiveError.unwritable(_, let errno) = error else { return error }
        var failure = Failure(error)
        switch errno {
        case ENOSPC: failure.advice = adviceWhenFull
        case EDQUOT: failure.advice = "raise the quota in the file system of \"\(target)\", or restore to another one"
        default: return error
        }
        return failure
    }

    private var adviceWhenFull: String {
        // The file system may be gone; its name still helps.
        guard let room = try? FileSystemRoom(at: target) else { return "make room in the file system of \"\(target)\"" }
        if room.freeInodes == 0 {
            return
                "the file system of \"\(target)\" has no free inode: remove files from it; the set has \(members) members"
        }
        // The members that are written have taken their blocks already: the number is an upper limit.
        guard needed > room.freeBytes else { return "make room in the file system of \"\(target)\"" }
        let missing = (needed - room.freeBytes) >> 20 + 1
        return "make room in the file system of \"\(target)\": up to \(missing) MiB are missing"
    }
}
