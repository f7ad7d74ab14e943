/// The name that differs least from a mistyped one; nil where none is close.
package func nearest(to typed: String, among names: [String]) -> String? {
    let distances = names.map { (name: $0, distance: editDistance(typed, $0)) }
    guard let best = distances.min(by: { $0.distance < $1.distance }) else { return nil }
    // With more than half of its letters changed it is another word.
    return best.distance <= max(2, typed.count / 3) && best.distance * 2 <= typed.count ? best.name : nil
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
