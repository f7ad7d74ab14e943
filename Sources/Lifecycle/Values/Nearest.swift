/// The name that differs least from a mistyped one; nil where none is close.
package func nearest(to typed: String, among names: [String]) -> String? {
    let word = folded(typed)
    let near = names.filter { isNear(word, folded($0)) }
    // Among equally near ones the one that begins alike is meant: a word's end is mistyped more often.
    func rank(_ name: String) -> (Int, Int) {
        let other = folded(name)
        return (editDistance(word, other), -zip(word, other).prefix { $0 == $1 }.count)
    }
    return near.min { rank($0) < rank($1) }
}

/// The same for all spellings that differ in case, or have an underscore for a dash.
private func folded(_ name: String) -> String { name.lowercased().replacing("_", with: "-") }

/// Whether few letters differ: one, and two or more in a longer word.
///
/// Others make another word, such as "time" of "name".
private func isNear(_ word: String, _ name: String) -> Bool {
    let distance = editDistance(word, name)
    switch word.count {
    case ...2: return distance == 0
    case 3...6: return distance <= 1
    default: return distance <= max(2, word.count / 3)
    }
}

/// The name that is meant by one that differs in the case of letters, or in one or two of them; nil: none.
package func misspelt(_ typed: String, among names: [String]) -> String? {
    let lowercased = typed.lowercased()
    return names.first { $0.lowercased() == lowercased }
        ?? names.first { editDistance(typed, $0) <= 2 && typed.count > 5 }
}

/// How many insertions, deletions, replacements and exchanges of neighbours lead from one text to the other.
private func editDistance(_ left: String, _ right: String) -> Int {
    let (left, right) = (Array(left), Array(right))
    var beforeLast: [Int] = []
    var last = Array(0...right.count)
    for i in left.indices {
        var row = [i + 1]
        for j in right.indices {
            let replaced = last[j] + (left[i] == right[j] ? 0 : 1)
            var best = min(replaced, row[j] + 1, last[j + 1] + 1)
            if i > 0, j > 0, left[i] == right[j - 1], left[i - 1] == right[j] {
                best = min(best, beforeLast[j - 1] + 1)
            }
            row.append(best)
        }
        (beforeLast, last) = (last, row)
    }
    return last[right.count]
}
