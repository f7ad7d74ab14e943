/// A set of small numbers, such as those of members or frames of an archive: one bit for each up to the largest.
struct NumberSet: Sendable {
    private var words: [UInt64] = []
    private(set) var count = 0

    func holds(_ number: Int) -> Bool {
        let word = number / 64
        return word < words.count && words[word] & (1 << UInt64(number % 64)) != 0
    }

    mutating func add(_ number: Int) {
        guard !holds(number) else { return }
        let word = number / 64
        if word >= words.count { words += [UInt64](repeating: 0, count: word - words.count + 1) }
        words[word] |= 1 << UInt64(number % 64)
        count += 1
    }
}
