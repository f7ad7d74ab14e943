import Glibc
internal import Host
package import Lifecycle

/// The errors of an archive, a backup set or the directory of sets.
package enum ArchiveError: ExplainedError, Equatable {
    /// A file of the data could not be read.
    case unreadable(path: String, offset: Int64?, errno: Int32)
    /// A file was not the same at the end of reading as at its start.
    case changed(path: String, how: String)
    /// A file or directory that is not put into an archive.
    case unarchivable(path: String, why: String)
    /// The archive, or a file beside it, could not be written.
    case unwritable(path: String, errno: Int32)
    case compressor(String)
    case badName(String, why: String)
    case badPattern(String, why: String)
    /// A pattern leaves out a file without which the server does not start.
    case essential(pattern: String, path: String, word: String)
    case badCompression(String)
    case exists(path: String)
    /// Another directory is in the place of this run's partial set.
    case foreignPartial(path: String, why: String)
    case badManifest(path: String, why: String)
    case badPlan(String)
    case missing(String)
    /// The way to a directory is not only root's.
    case untrustedPath(path: String, why: String)

    package var failure: Failure { Failure(kind, message, advice: advice) }

    private var kind: Failure.Kind {
        switch self {
        case .badCompression, .badPattern, .essential, .untrustedPath: .unsuitable
        case .unreadable, .changed, .unarchivable, .unwritable, .compressor, .badName, .exists, .foreignPartial,
            .badManifest, .badPlan, .missing:
            .failed
        }
    }

    private var message: String {
        switch self {
        case .unreadable(let path, let offset, let errno):
            "cannot read \"\(path)\"\(offset.map { " at byte \($0)" } ?? ""): \(text(errno))"
        case .changed(let path, let how): "\"\(path)\" \(how) while it was read"
        case .unarchivable(let path, let why): "\"\(path)\" cannot be archived: \(why)"
        case .unwritable(let path, let errno): "cannot write \"\(path)\": \(text(errno))"
        case .compressor(let why): "the compressor failed: \(why)"
        case .badName(let name, let why): "\"\(name)\" cannot be the name of a backup set: \(why)"
        case .badPattern(let pattern, let why): "the pattern \"\(pattern)\" is not valid: \(why)"
        case .essential(let pattern, let path, let word):
            "the pattern \"\(pattern)\" leaves out \"\(path)\" (\(word)), without which the server does not start"
        case .badCompression(let text): "no compression is called \"\(text)\""
        case .exists(let path): "\"\(path)\" exists already"
        case .foreignPartial(let path, let why): "\"\(path)\" is not this run's own: \(why)"
        case .badManifest(let path, let why): "\"\(path)\" is no manifest: \(why)"
        case .badPlan(let why): "the retention plan is refused: \(why)"
        case .missing(let what): "\(what) is missing"
        case .untrustedPath(let path, let why): "\"\(path)\" is not used: \(why)"
        }
    }

    private var advice: String? {
        switch self {
        case .unreadable(_, _, let errno): readAdvice(errno)
        case .changed: "a snapshot does not change: a process writes to the archived tree, or it is no snapshot"
        case .unarchivable: "find out which program made it so, and why"
        case .unwritable(_, let errno): writeAdvice(errno)
        case .badPattern: "write \"\\[\" for a bracket"
        case .essential: "no server starts on such a set: take the pattern out, or let it match less"
        case .badCompression: "zstd[:1…19], gzip[:1…9] or none"
        case .exists: "choose another name; nothing is overwritten"
        case .foreignPartial: "look at it and remove it by hand"
        case .untrustedPath: "name the directory itself, without the link"
        case .compressor, .badName, .badManifest, .badPlan, .missing: nil
        }
    }

    private func text(_ code: Int32) -> String { String(cString: strerror(code)) }

    private func readAdvice(_ code: Int32) -> String? {
        code == EIO ? "the snapshot may be full and invalid, or the disk below it broken: see dmesg" : nil
    }

    private func writeAdvice(_ code: Int32) -> String? {
        switch code {
        case ENOSPC, EDQUOT: "free some space at the destination, or keep fewer sets"
        case EPIPE: "the reader of the stream has ended"
        default: nil
        }
    }
}

extension ArchiveError {
    /// Gives a refusal of the system the meaning that it has where sets are read.
    static func reading<Result>(_ body: () throws -> Result) throws(ArchiveError) -> Result {
        do { return try body() } catch HostError.systemCall(_, let path, let errno) {
            throw .unreadable(path: path, offset: nil, errno: errno)
        } catch HostError.malformed(let path, let reason) {
            throw .badManifest(path: path, why: reason)
        } catch let error as ArchiveError {
            throw error
        } catch {
            throw .missing("a reading: \(error)")
        }
    }

    /// Opens a directory that the operator names, whose path may have links of others in it.
    ///
    /// - Throws: ``ArchiveError/untrustedPath(path:why:)``, ``ArchiveError/unreadable(path:offset:errno:)``
    static func opening(_ path: String) throws(ArchiveError) -> HeldDirectory {
        try reading {
            do { return try HeldDirectory.following(path) } catch HostError.malformed(let path, let why) {
                throw ArchiveError.untrustedPath(path: path, why: why)
            }
        }
    }

    /// Gives a refusal of the system the meaning that it has where sets are written.
    static func writing<Result>(_ body: () throws -> Result) throws(ArchiveError) -> Result {
        do { return try body() } catch HostError.systemCall(_, let path, let errno) {
            throw .unwritable(path: path, errno: errno)
        } catch HostError.malformed(let path, let reason) {
            throw .foreignPartial(path: path, why: reason)
        } catch let error as ArchiveError {
            throw error
        } catch {
            throw .missing("a writing: \(error)")
        }
    }
}
