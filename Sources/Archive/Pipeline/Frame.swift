/// The result of a job, on its way to the writer.
// @unchecked: one thread at a time; handed on under the pipeline's monitor.
final class Frame: PooledFrame, @unchecked Sendable {
    /// The frame as it goes into the archive.
    let output = ByteBuffer(capacity: 65_536)
    var members: [MemberRecord] = []
    /// Bytes before compression.
    var inputLength = 0
    /// Bytes read from files.
    var sourceBytes: Int64 = 0
    /// Bytes of a large file's member that earlier frames hold; nil where the frame starts with a header.
    var continues: Int64?
    var digest = Digest(high: 0, low: 0)

    func reset() {
        output.removeAll()
        members.removeAll(keepingCapacity: true)
        inputLength = 0
        sourceBytes = 0
        continues = nil
    }
}

/// A member as the index lists it.
struct MemberRecord: Sendable {
    let name: RawPath
    let kind: Entry.Kind
    /// Bytes as a reader of the file sees them.
    let size: Int64
    /// The frame that holds the header, and where in it, counted before compression.
    let frame: Int
    let offset: Int
    /// Of the content; nil for a member without content.
    let digest: Digest?
}

/// The job from which a worker makes a frame.
struct Job: Sendable {
    enum Content: Sendable {
        /// Whole members.
        case members([Entry])
        case piece(Piece)
        /// The two blocks of zeros at the end of a tar file.
        case end
    }

    let number: Int
    let content: Content
}
