/// Choices that can be had again: those of one run of a seed are always the same.
struct Dice: Sendable {
    private var state: UInt64

    init(seed: UInt64, run: Int) {
        state = seed &* 0x9e37_79b9_7f4a_7c15 ^ UInt64(run) &* 0xd1b5_4a32_d192_ed03
        _ = next()
    }

    /// SplitMix64.
    private mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }

    mutating func number(in range: ClosedRange<Int>) -> Int {
        range.lowerBound + Int(next() % UInt64(range.count))
    }

    mutating func oneOf<Value>(_ values: [Value]) -> Value { values[number(in: 0...(values.count - 1))] }

    mutating func isHeads() -> Bool { next() & 1 == 1 }
}
