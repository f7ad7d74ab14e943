/// Hands the chosen members on to another sink, and counts them.
final class ChosenSink: MemberSink {
    private let sink: any MemberSink
    private let chosen: ChosenMembers
    private(set) var tally = Unpacking.Tally()
    private var number = -1
    private var isTaken = false

    init(_ sink: any MemberSink, _ chosen: ChosenMembers) {
        self.sink = sink
        self.chosen = chosen
    }

    /// Leaves members out up to the one with a number, which comes next.
    func skip(to next: Int) { number = next - 1 }

    func begin(_ member: TarMember) throws {
        number += 1
        isTaken = chosen.holds(number)
        guard isTaken else { return }
        tally.members += 1
        if member.kind == .file { tally.files += 1 }
        try sink.begin(member)
    }

    func write(_ bytes: UnsafeRawBufferPointer, at offset: Int64) throws {
        guard isTaken else { return }
        tally.bytes += Int64(bytes.count)
        try sink.write(bytes, at: offset)
    }

    func end(_ member: TarMember) throws {
        if isTaken { try sink.end(member) }
    }
}
