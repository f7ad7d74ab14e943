/// Prints the memory that restores and verifications take, for sets of different sizes.
struct MemoryTable {
    /// The lvmbackup program.
    let command: String

    func run(_ sets: some Sequence<String>) throws {
        say("| data | restore, peak MiB | verify, peak MiB |\n|---|---|---|\n")
        for set in sets {
            let scratch = set + "/.."
            let contenders = Contender.reading(set, scratch: scratch, command: command)
            let (restore, verify) = (try measure(contenders[1]), try measure(contenders[3]))
            let size = try sizeOfDirectory("\(scratch)/restored", "--apparent-size")
            guard Measurement(of: "rm -rf '\(scratch)/restored'") != nil else { throw Broken(command: "rm") }
            say("| \(size) MB | \(restore.peakMebibytes) | \(verify.peakMebibytes) |\n")
        }
    }

    private func measure(_ contender: Contender) throws -> Measurement {
        guard contender.preparation.isEmpty || Measurement(of: contender.preparation) != nil else {
            throw Broken(command: contender.preparation)
        }
        guard let measured = Measurement(of: contender.command) else { throw Broken(command: contender.command) }
        return measured
    }
}
