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
    case noThread(errno: Int32)
    case badName(String, why: String)
    case badPattern(String, why: String)
    case badCompression(String)
    case exists(path: String)
    /// Another directory is in the place of this run's partial set.
    case foreignPartial(path: String, why: String)
    case badManifest(path: String, why: String)
    case badPlan(String)
    case missing(String)
    /// The way to a directory is not only root's.
    case untrustedPath(path: String, why: String)

    package var failure: Failure {
        switch self {
        case .unreadable, .changed, .unarchivable, .unwritable: inputOutput
        default: request
        }
    }

    private var inputOutput: Failure {
        switch self {
        case .unreadable(let path, let offset, let errno):
            let place = offset.map { " at byte \($0)" } ?? ""
            return Failure(.failed, "cannot read \"\(path)\"\(place): \(text(errno))", advice: readAdvice(errno))
        case .changed(let path, let how):
            return Failure(
                .failed,
                "\"\(path)\" \(how) while it was read",
                advice:
                    "a snapshot does not change: a process writes to the archived tree, or it is no snapshot"
            )
        case .unarchivable(let path, let why):
            return Failure(
                .failed,
                "\"\(path)\" cannot be archived: \(why)",
                advice: "find out which program made it so, and why"
            )
        case .unwritable(let path, let errno):
            return Failure(.failed, "cannot write \"\(path)\": \(text(errno))", advice: writeAdvice(errno))
        default:
            return Failure(.failed, "\(self)")
        }
    }

    private var request: Failure {
        switch self {
        case .badName(let name, let why): Failure(.failed, "\"\(name)\" cannot be the name of a backup set: \(why)")
        case .badPattern(let pattern, let why):
            Failure(.failed, "the pattern \"\(pattern)\" is not valid: \(why)", advice: "write \"\\[\" for a bracket")
        case .badCompression(let text):
            Failure(.unsuitable, "no compression is called \"\(text)\"", advice: "zstd[:1…19], gzip[:1…9] or none")
        case .exists(let path):
            Failure(.failed, "\"\(path)\" exists already", advice: "choose another name; nothing is overwritten")
        case .foreignPartial(let path, let why):
            Failure(.failed, "\"\(path)\" is not this run's own: \(why)", advice: "look at it and remove it by hand")
        case .badManifest(let path, let why): Failure(.failed, "\"\(path)\" is no manifest: \(why)")
        case .badPlan(let why): Failure(.failed, "the retention plan is refused: \(why)")
        case .missing(let what): Failure(.failed, "\(what) is missing")
        case .untrustedPath(let path, let why):
            Failure(
                .unsuitable,
                "\"\(path)\" is not used: \(why)",
                advice: "name the directory itself, without the link"
            )
        case .noThread(let errno): Failure(.failed, "no thread could be started: \(text(errno))")
        case .compressor(let why): Failure(.failed, "the compressor failed: \(why)")
        default: Failure(.failed, "\(self)")
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
