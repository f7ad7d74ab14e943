/// The name that differs least from a mistyped one; nil where none is close.
public func nearest(to typed: String, among names: [String]) -> String? {
    let distances = names.map { (name: $0, distance: editDistance(typed, $0)) }
    guard let best = distances.min(by: { $0.distance < $1.distance }) else { return nil }
    // With every letter another one it is another word.
    return best.distance <= max(2, typed.count / 3) && best.distance < typed.count ? best.name : nil
}

/// How many insertions, deletions and replacements lead from one text to the other.
private func editDistance(_ left: String, _ right: String) -> Int {
    let right = Array(right)
    var row = Array(0...right.count)
    for (i, character) in left.enumerated() {
        var diagonal = row[0]
        row[0] = i + 1
        for j in right.indices {
            let replaced = diagonal + (character == right[j] ? 0 : 1)
            diagonal = row[j + 1]
            row[j + 1] = min(replaced, row[j] + 1, row[j + 1] + 1)
        }
    }
    return row[right.count]
}
