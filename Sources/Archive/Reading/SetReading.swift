import Glibc
internal import Host
import Lifecycle
import Waiting

/// The reading of a set's archive by its index, with as many threads as there is work for.
struct SetReading: Sendable {
    /// Called now and then by long work; throws to stop it.
    typealias Check = () throws -> Void

    let files: SetFiles
    let threads: Int
    /// The members whose frames are read; nil for all.
    let chosen: ChosenMembers?
    /// Whether the tally has the checksum of the archive file.
    var hashesArchive = false
    private let bytesRead = Monitor<Int64>(0)

    /// - Parameter threads: nil for one for each core, and no more than 16.
    init(_ files: SetFiles, threads: Int?, chosen: ChosenMembers? = nil) {
        self.files = files
        self.chosen = chosen
        self.threads = max(1, min(threads ?? sysconf(Int32(_SC_NPROCESSORS_ONLN)), 16))
    }

    /// Reads the archive into a sink: all of it, or the frames that hold the chosen members.
    ///
    /// Frames and members that are read are compared with the index. The sink of a chosen part gets the chosen members only.
    ///
    /// - Parameters:
    ///   - beside: further work at the same time; its error stops the reading.
    ///   - onProgress: told often, on the thread that reads.
    /// - Throws: ``ReadError``, ``ArchiveError``, the errors of the sink; CancellationError soon after the task was
    ///   cancelled.
    func run(
        into makeSink: @escaping @Sendable (Check) throws -> any MemberSink,
        beside: [@Sendable (Check) throws -> Void] = [],
        onProgress: @escaping @Sendable (Unpacking.Tally) -> Void
    ) async throws -> Unpacking.Tally {
        let work = OrderedWork<IndexedFrame, ReadFrame>(frames: threads + 2)
        let promise = Promise<Unpacking.Tally>()
        return try await withTaskCancellationHandler {
            start(work, makeSink, beside, onProgress, promise)
            return try await promise.value
        } onCancel: {
            work.fail(CancellationError())
        }
    }

    private func start(
        _ work: OrderedWork<IndexedFrame, ReadFrame>,
        _ makeSink: @escaping @Sendable (Check) throws -> any MemberSink,
        _ beside: [@Sendable (Check) throws -> Void],
        _ onProgress: @escaping @Sendable (Unpacking.Tally) -> Void,
        _ promise: Promise<Unpacking.Tally>
    ) {
        let tally = Monitor<Unpacking.Tally?>(nil)
        let frames = FrameReader(
            work: work,
            archive: files.archive,
            path: files.archivePath,
            compression: files.compression,
            bytesRead: bytesRead,
            keepsPacked: hashesArchive
        )
        var bodies: [@Sendable () throws -> Void] = Array(repeating: { try frames.run() }, count: threads)
        bodies.append { try plan(work) }
        bodies.append {
            let sink = try makeSink { try work.checkRunning() }
            var result = try unpack(work, sink, onProgress)
            result.bytesRead = bytesRead.read { $0 }
            tally.change { [result] in $0 = result }
        }
        bodies += beside.map { body in { try body { try work.checkRunning() } } }
        work.start(bodies) { failure in
            if let failure {
                promise.give(.failure(failure))
                return
            }
            promise.give(tally.read { $0.map(Result.success) ?? .failure(CancellationError()) })
        }
    }

    /// Hands out the frames that the index lists, and checks the index itself.
    private func plan(_ work: OrderedWork<IndexedFrame, ReadFrame>) throws {
        let index = try files.indexReader()
        var end: Int64 = 0
        var turn = 0
        while var frame = try index.nextFrame() {
            end = frame.offset + Int64(frame.length)
            if let chosen {
                guard chosen.frames.holds(frame.number) else { continue }
                frame.isLastOfRun = !chosen.frames.holds(frame.number + 1)
            }
            frame.turn = turn
            turn += 1
            try work.submit(frame)
        }
        try files.check(index, archiveEnd: end)
        work.planned()
    }

    private func unpack(
        _ work: OrderedWork<IndexedFrame, ReadFrame>,
        _ sink: any MemberSink,
        _ onProgress: @escaping @Sendable (Unpacking.Tally) -> Void
    ) throws -> Unpacking.Tally {
        let source = FrameSource(work, path: files.archivePath, isHashed: hashesArchive)
        let check = IndexCheck()
        source.onFrame = { frame in
            do throws(IndexCheck.Difference) { try check.expect(frame) } catch {
                throw source.damaged(error.text)
            }
        }
        if let chosen { return try unpack(ChosenSink(sink, chosen), source, check, work, onProgress) }
        var unpacking = Unpacking(reader: TarReader(source), check: check, sink: sink)
        unpacking.onProgress = { tally in
            try work.checkRunning()
            onProgress(tally)
        }
        var tally = try unpacking.run()
        tally.digest = source.digest
        return tally
    }

    /// Each run of frames starts with a member's header, and ends behind a chosen member.
    private func unpack(
        _ sink: ChosenSink,
        _ source: FrameSource,
        _ check: IndexCheck,
        _ work: OrderedWork<IndexedFrame, ReadFrame>,
        _ onProgress: @escaping @Sendable (Unpacking.Tally) -> Void
    ) throws -> Unpacking.Tally {
        while let first = try source.beginRun() {
            sink.skip(to: first.membersBefore)
            var unpacking = Unpacking(reader: TarReader(source, partAt: first.start), check: check, sink: sink)
            unpacking.isDone = { source.isAtEndOfRun && check.isSettled }
            unpacking.onProgress = { _ in
                try work.checkRunning()
                onProgress(sink.tally)
            }
            _ = try unpacking.run()
        }
        return sink.tally
    }
}

extension SetFiles {
    /// - Throws: ``ReadError/damaged(path:offset:why:)``
    func indexReader() throws -> IndexReader {
        let place = Monitor<Int64>(0)
        return try IndexReader(path: indexPath) { room in
            try place.change { offset in
                while true {
                    let got = pread(index.number, room.baseAddress, room.count, off_t(offset))
                    if got < 0, errno == EINTR { continue }
                    guard got >= 0 else {
                        throw ArchiveError.unreadable(path: indexPath, offset: offset, errno: errno)
                    }
                    offset += Int64(got)
                    return got
                }
            }
        }
    }

    /// Whether the index lists a member of this name at the top.
    ///
    /// - Throws: ``ReadError``, ``ArchiveError/unreadable(path:offset:errno:)``
    func hasMember(_ name: FileName) throws -> Bool {
        let index = try indexReader()
        while let frame = try index.nextFrame() {
            for member in frame.members where try MemberPath(RawPath(bytes: member.name)).fileName == name {
                return true
            }
        }
        return false
    }

    /// Checks an index that was read to its end against the manifest.
    ///
    /// - Throws: ``ReadError/damaged(path:offset:why:)``
    func check(_ index: IndexReader, archiveEnd: Int64) throws {
        guard let part = self.part("index.jsonl"), part.bytes == index.length, part.xxh3 == "\(index.digest)" else {
            throw ReadError.damaged(path: indexPath, offset: nil, why: "its checksum is not the one in the manifest")
        }
        guard let archive = self.part(compression.fileName), archive.bytes == archiveEnd else {
            throw ReadError.damaged(path: indexPath, offset: nil, why: "it does not list all of the archive")
        }
    }
}
