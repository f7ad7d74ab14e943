/// A way to archive a directory or to read an archive, as a shell command.
struct Contender {
    let name: String
    /// Runs before each measurement, and is not measured.
    var preparation = ""
    let command: String
    /// How often it is run; nil for as often as is asked for.
    var runs: Int?

    /// The ways to archive a directory; the first is what the others are compared with.
    static func archiving(_ directory: String, scratch: String, program: String) -> [Contender] {
        let ours = "\(program) stream \(directory)"
        let file = "\(scratch)/archive-bench.out"
        let keep = "> \(file) && sync \(file)"
        return [
            Contender(
                name: "tar -C DIR -cf - . | zstd -1 -T0",
                command: "\(tar(directory)) | zstd -1 -T0 -q > /dev/null"
            ),
            Contender(name: "lvmbackup, zstd:1", command: "\(ours) zstd:1 > /dev/null"),
            Contender(
                name: "tar -S -C DIR -cf - . | zstd -1 -T0",
                command: "tar -S -C \(directory) -cf - . | zstd -1 -T0 -q > /dev/null"
            ),
            Contender(
                name: "bsdtar -C DIR --zstd -cf - . (level 1)",
                command: "bsdtar -C \(directory) --zstd --options zstd:compression-level=1 -cf - . > /dev/null"
            ),
            Contender(
                name: "tar -C DIR -cf - . | zstd -1 -T0 > FILE; sync",
                command: "\(tar(directory)) | zstd -1 -T0 -q \(keep)"
            ),
            Contender(name: "lvmbackup, zstd:1 > FILE; sync", command: "\(ours) zstd:1 \(keep)"),
            Contender(
                name: "tar -C DIR -cf - . | zstd -3 -T0",
                command: "\(tar(directory)) | zstd -3 -T0 -q > /dev/null"
            ),
            Contender(name: "lvmbackup, zstd:3", command: "\(ours) zstd:3 > /dev/null"),
            Contender(name: "tar -C DIR -cf - . | cat", command: "\(tar(directory)) | cat > /dev/null"),
            Contender(name: "lvmbackup, none | cat", command: "\(ours) none | cat > /dev/null"),
            Contender(name: "tar -C DIR -cf - . | gzip", command: "\(tar(directory)) | gzip > /dev/null", runs: 1),
            Contender(name: "lvmbackup, gzip", command: "\(ours) gzip > /dev/null", runs: 1),
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
