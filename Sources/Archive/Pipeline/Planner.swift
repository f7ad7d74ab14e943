import CLinux
import Glibc

/// Divides the trees into jobs of about one frame each.
struct Planner {
    /// More members in a frame would cost memory and gain nothing.
    private static let mostMembers = 512
    /// Bounds what a queue full of jobs keeps of sparse maps.
    private static let mostMapText = 262_144
    private static let mostExtents = 8192

    private let pipeline: Pipeline
    private let walk: TreeWalk
    private let frameSize: Int
    private var number = 0
    private var batch: [Entry] = []
    private var batchSize = 0
    private var holes = HoleAllowance()

    init(_ walk: TreeWalk, for pipeline: Pipeline, frameSize: Int) {
        self.walk = walk
        self.pipeline = pipeline
        self.frameSize = frameSize
    }

    /// - Parameter endsArchive: whether the blocks that end a tar file follow the last member.
    /// - Throws: the error of reading, or the reason why the pipeline stops.
    mutating func run(endsArchive: Bool) throws {
        while let entry = try walk.next() {
            guard entry.size <= Extent.largestFile else {
                let why = "it is larger than \(Extent.largestFile) bytes, and could not be restored"
                throw ArchiveError.unarchivable(path: entry.source.description, why: why)
            }
            try holes.take(entry)
            if entry.size > Int64(frameSize) { try addLarge(entry) } else { try add(entry) }
        }
        try submitBatch()
        if endsArchive { try submit(.end) }
        pipeline.planned()
    }

    private mutating func submit(_ content: Job.Content) throws {
        try pipeline.submit(Job(number: number, content: content))
        number += 1
    }

    private mutating func submitBatch() throws {
        guard !batch.isEmpty else { return }
        try submit(.members(batch))
        batch = []
        batchSize = 0
    }

    private mutating func add(_ entry: Entry) throws {
        // Three blocks for the headers: a guess is enough, a frame's size is not a promise.
        let size = 1536 + Int(min(entry.size, max(entry.status.allocated, 512)))
        if batchSize + size > frameSize || batch.count == Self.mostMembers { try submitBatch() }
        batch.append(entry)
        batchSize += size
    }

    // MARK: Files that span frames

    private mutating func addLarge(_ entry: Entry) throws {
        try submitBatch()
        let descriptor = try openSource(entry.source)
        posix_fadvise(descriptor.number, 0, 0, POSIX_FADV_SEQUENTIAL)
        var map: SparseMap?
        if entry.status.mayHaveHoles {
            let found = try SparseMap(descriptor, path: entry.source, size: entry.size)
            if found.hasHoles { map = found }
        }
        let file = LargeFile(entry: entry, descriptor: descriptor, map: map, firstFrame: number)
        var pieces = PieceCutter(file: file, frameSize: frameSize)
        if let map {
            try submitMap(map, of: &pieces)
            try map.visit { extent in try submit(extent, &pieces) }
        } else {
            try submit(Extent(offset: 0, length: entry.size), &pieces)
        }
        try submit(.piece(pieces.last()))
    }

    private mutating func submitMap(_ map: SparseMap, of pieces: inout PieceCutter) throws {
        var text = SparseText.line(Int64(map.count))
        var length = Int64(0)
        try map.visit { extent in
            text += SparseText.line(extent.offset) + SparseText.line(extent.length)
            guard text.count >= Self.mostMapText else { return }
            length += Int64(text.count)
            try submit(.piece(pieces.cut(mapText: text)))
            text = []
        }
        length += Int64(text.count)
        guard length <= map.textLength else {
            throw ArchiveError.changed(path: map.path.description, how: "moved its holes")
        }
        text += [UInt8](repeating: 0, count: Int(map.textLength - length))
        pieces.begin(mapText: text)
    }

    private mutating func submit(_ extent: Extent, _ pieces: inout PieceCutter) throws {
        var rest = extent
        while rest.length > 0 {
            rest = pieces.add(rest)
            if pieces.isFull(mostExtents: Self.mostExtents), !(rest.length == 0 && extent.end == pieces.file.entry.size)
            {
                try submit(.piece(pieces.cut()))
            }
        }
    }
}

/// Opens a file that is to be archived.
///
/// - Throws: ``ArchiveError/unreadable(path:offset:errno:)``
func openSource(_ path: RawPath) throws(ArchiveError) -> Descriptor {
    let number = path.withCString { linux_open_source($0) }
    guard number >= 0 else { throw .unreadable(path: path.description, offset: nil, errno: errno) }
    return Descriptor(number)
}
