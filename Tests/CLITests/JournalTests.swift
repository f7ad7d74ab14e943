import Foundation
import Host
import LVMBackup
import Logging
import TestSupport
import Testing

@testable import CLI

#if canImport(Glibc)
    import Glibc
#endif

@Suite struct `The journal` {
    @Test func `gets each line with its priority, the run, the step, the volume and the end`() throws {
        let receiver = try DatagramReceiver()
        let journal = try #require(Journal(path: receiver.path))
        journal.say(.warning, "before the run")
        let log = EventLog(logger: .init(label: "test") { _ in JournalLog(journal: journal, level: .notice) })
        var outcome = Outcome(run: "r1", ending: .failed, failure: Failure(.failed, "x"))
        outcome.leaked = [Leak(name: "a", reason: "b", repair: nil)]
        let facts: [Fact] = [
            .stepStarted(.lock), .locked(Fact.Locked(plan: "stage", reason: "x", waitedSeconds: 0.5)),
            .stepFinished(Fact.StepFinished(.lock, seconds: 1, ending: .done)), .warning("careful"),
            .snapshotted(Fact.Snapshotted(name: "vg/snap", device: "/dev/x", seconds: 1)),
        ]
        for (index, fact) in facts.enumerated() {
            let event = Event(run: "r1", sequence: index, time: 0, monotonic: 0, fact: fact)
            journal.note(event)
            log.hear(event)
        }
        journal.note(Event(run: "r1", sequence: 9, time: 0, monotonic: 0, fact: .finished(outcome)))
        journal.say(.error, "the end\nof it\u{1B}[2J")
        var entry = try receiver.entry()
        #expect(entry == ["MESSAGE": "before the run", "PRIORITY": "4", "SYSLOG_IDENTIFIER": "lvmbackup"])
        entry = try receiver.entry()
        #expect(entry["MESSAGE"] == "locked by plan \"stage\" after 0.5 s (x)" && entry["PRIORITY"] == "5")
        #expect(entry["RUN_ID"] == "r1" && entry["STEP"] == "lock")
        entry = try receiver.entry()
        #expect(entry["MESSAGE"] == "careful" && entry["PRIORITY"] == "4" && entry["STEP"] == nil)
        entry = try receiver.entry()
        #expect(entry["SNAPSHOT"] == "vg/snap")
        entry = try receiver.entry()
        #expect(entry["MESSAGE"] == "the end\\nof it\\x1b[2J" && entry["PRIORITY"] == "3")
        #expect(entry["OUTCOME"] == "failed" && entry["EXIT_STATUS"] == "3")
    }

    @Test(arguments: [
        (["JOURNAL_STREAM": "%"], true), (["JOURNAL_STREAM": "1:2"], false), ([:], false),
        (["JOURNAL_STREAM": ""], false),
    ])
    func `gets standard error where the service manager says that it leads there`(
        environment: [String: String],
        isJournal: Bool
    ) throws {
        let receiver = try DatagramReceiver()
        var status = stat()
        try #require(fstat(receiver.socket, &status) == 0)
        let environment = environment.mapValues { $0.replacing("%", with: "\(status.st_dev):\(status.st_ino)") }
        let (path, descriptor) = (receiver.path, receiver.socket)
        let journal = Journal.ofStandardError(environment: environment, path: path, descriptor: descriptor)
        #expect((journal != nil) == isJournal)
        guard let journal else { return }
        Console(environment: [:], isTerminal: false, journal: journal).line("a line", .bad)
        #expect(try receiver.entry()["PRIORITY"] == "3")
    }

    @Test func `needs a socket`() throws {
        #expect(Journal(path: "/nonexistent") == nil)
        #expect(Journal(path: "/dev/null") == nil)
        #expect(Journal(path: "/" + String(repeating: "x", count: 200)) == nil)
    }

    @Test(arguments: ["", "plain", "two\nlines", "\n", "a=b", "ü"])
    func `is told a value as it is`(value: String) throws {
        let receiver = try DatagramReceiver()
        #expect(try #require(JournalSocket(receiver.path)).send([("MESSAGE", value), ("OTHER", "x")]))
        #expect(try receiver.entry() == ["MESSAGE": value, "OTHER": "x"])
    }

    @Test func `gets an entry that no datagram holds as a sealed file`() throws {
        let receiver = try DatagramReceiver()
        let value = String(repeating: "long ", count: 1 << 18)
        #expect(try #require(JournalSocket(receiver.path)).send([("MESSAGE", value)]))
        #expect(try receiver.entry() == ["MESSAGE": value])
    }

    @Test func `holds up no run that it does not read`() throws {
        let receiver = try DatagramReceiver()
        let journal = try #require(Journal(path: receiver.path))
        let answers = (0..<10_000).map { _ in journal.say(.info, "x") }
        #expect(answers.first == true && answers.last == false)
    }
}

extension DatagramReceiver {
    /// The next entry, by the rules of the native protocol.
    fileprivate func entry() throws -> [String: String] {
        var bytes = try datagram()[...]
        var fields: [String: String] = [:]
        while !bytes.isEmpty {
            let end = try #require(bytes.firstIndex(of: UInt8(ascii: "\n")))
            let line = bytes[..<end]
            bytes = bytes[(end + 1)...]
            if let equals = line.firstIndex(of: UInt8(ascii: "=")) {
                fields[text(line[..<equals])] = text(line[(equals + 1)...])
                continue
            }
            let length = bytes.prefix(8).reversed().reduce(0) { $0 << 8 | Int($1) }
            fields[text(line)] = text(bytes.dropFirst(8).prefix(length))
            bytes = bytes.dropFirst(8 + length)
            #expect(bytes.popFirst() == UInt8(ascii: "\n"))
        }
        return fields
    }

    private func text(_ bytes: ArraySlice<UInt8>) -> String { String(decoding: bytes, as: UTF8.self) }

    private func datagram() throws -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: 1 << 18)
        // A header of a control message, and one descriptor.
        var control = [UInt8](repeating: 0, count: 24)
        return try bytes.withUnsafeMutableBytes { bytes in
            try control.withUnsafeMutableBytes { control in
                var part = iovec(iov_base: bytes.baseAddress, iov_len: bytes.count)
                return try withUnsafeMutablePointer(to: &part) { part in
                    var message = msghdr()
                    (message.msg_iov, message.msg_iovlen) = (part, 1)
                    (message.msg_control, message.msg_controllen) = (control.baseAddress, control.count)
                    let count = recvmsg(socket, &message, Int32(MSG_DONTWAIT))
                    try #require(count >= 0)
                    guard message.msg_controllen > 0 else { return Array(bytes.prefix(count)) }
                    return try sealedFile(control.load(fromByteOffset: 16, as: Int32.self))
                }
            }
        }
    }

    private func sealedFile(_ number: Int32) throws -> [UInt8] {
        let file = FileHandle(fileDescriptor: number, closeOnDealloc: true)
        // F_GET_SEALS; all seals: no further seal, no shrinking, growing or writing.
        #expect(fcntl(number, 1034) == 15)
        try file.seek(toOffset: 0)
        return Array(try file.readToEnd() ?? Data())
    }
}
