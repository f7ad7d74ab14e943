/// A way to archive a directory or to read an archive, as a shell command.
struct Contender {
    let name: String
    /// Runs before each measurement, and is not measured.
    var preparation = ""
    let command: String
    /// How often it is run; nil for as often as is asked for.
    var runs: Int?
    /// Whether what it writes to standard output is an archive.
    var hasOutput = false

    /// The ways to archive a directory; the first is what the others are compared with.
    static func archiving(_ directory: String, scratch: String, program: String) -> [Contender] {
        let ours = "\(program) stream \(directory)"
        let file = "\(scratch)/archive-bench.out"
        let keep = "> \(file) && sync \(file)"
        func stream(_ name: String, _ command: String, runs: Int? = nil) -> Contender {
            Contender(name: name, command: command + " > /dev/null", runs: runs, hasOutput: true)
        }
        return [
            stream("tar -C DIR -cf - . | zstd -1 -T0", "\(tar(directory)) | zstd -1 -T0 -q"),
            stream("lvmbackup, zstd:1", "\(ours) zstd:1"),
            stream("tar -S -C DIR -cf - . | zstd -1 -T0", "tar -S -C \(directory) -cf - . | zstd -1 -T0 -q"),
            stream(
                "bsdtar -C DIR --zstd -cf - . (level 1)",
                "bsdtar -C \(directory) --zstd --options zstd:compression-level=1 -cf - ."
            ),
            Contender(
                name: "tar -C DIR -cf - . | zstd -1 -T0 > FILE; sync",
                command: "\(tar(directory)) | zstd -1 -T0 -q \(keep)"
            ),
            Contender(name: "lvmbackup, zstd:1 > FILE; sync", command: "\(ours) zstd:1 \(keep)"),
            stream("tar -C DIR -cf - . | zstd -3 -T0", "\(tar(directory)) | zstd -3 -T0 -q"),
            stream("lvmbackup, zstd:3", "\(ours) zstd:3"),
            Contender(name: "tar -C DIR -cf - . | cat", command: "\(tar(directory)) | cat > /dev/null"),
            Contender(name: "lvmbackup, none | cat", command: "\(ours) none | cat > /dev/null"),
            Contender(name: "tar -C DIR -cf FILE .; sync", command: "tar -C \(directory) -cf - . \(keep)"),
            Contender(name: "lvmbackup, none > FILE; sync", command: "\(ours) none \(keep)"),
            stream("tar -C DIR -cf - . | gzip", "\(tar(directory)) | gzip", runs: 1),
            stream("tar -C DIR -cf - . | pigz", "\(tar(directory)) | pigz", runs: 1),
            stream("tar -C DIR -cf - . | gzip --best", "\(tar(directory)) | gzip --best", runs: 1),
            stream("lvmbackup, gzip", "\(ours) gzip", runs: 1),
        ] + repositories(directory, scratch: scratch)
    }

    /// Programs that keep a repository, without encryption where they can do without; each writes to a new one.
    private static func repositories(_ directory: String, scratch: String) -> [Contender] {
        let repository = "\(scratch)/archive-bench.repository"
        let restic = "RESTIC_PASSWORD=x restic -q -r \(repository)"
        let borg = "BORG_BASE_DIR=\(repository).home BORG_UNKNOWN_UNENCRYPTED_REPO_ACCESS_IS_OK=yes borg"
        let empty = "rm -rf \(repository) \(repository).home"
        return [
            Contender(
                name: "restic backup (first, to a repository)",
                preparation: "\(empty); \(restic) init",
                command: "\(restic) backup --no-cache \(directory) && sync -f \(repository)",
                runs: 1
            ),
            Contender(
                name: "borg create -C zstd,1 (first, to a repository)",
                preparation: "\(empty); mkdir -p \(repository).home; \(borg) init -e none \(repository)",
                command: "\(borg) create -C zstd,1 \(repository)::one \(directory) && sync -f \(repository)",
                runs: 1
            ),
        ]
    }

    /// The ways to restore and to verify a set of zstd; the first of each kind is what the next is compared with.
    static func reading(_ set: String, scratch: String, command: String) -> [Contender] {
        let (archive, target) = ("\(set)/data.tar.zst", "\(scratch)/restored")
        let empty = "rm -rf \(target) && sync"
        let restore = "\(command) restore \(set) --to \(target) --any-server --quiet"
        return [
            Contender(
                name: "zstd -d | tar -x",
                preparation: "\(empty) && mkdir \(target)",
                command: "zstd -dcq \(archive) | tar -x -C \(target) && sync \(target)"
            ),
            Contender(name: "lvmbackup restore", preparation: empty, command: restore),
            Contender(name: "xxhsum -H2", command: "xxhsum -H2 -q \(archive) > /dev/null"),
            Contender(
                name: "lvmbackup verify --level checksums",
                command: "\(command) verify \(set) --level checksums --quiet > /dev/null"
            ),
        ]
    }

    private static func tar(_ directory: String) -> String { "tar -C \(directory) -cf - ." }
}
