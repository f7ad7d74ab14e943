import Lifecycle

/// The order of the hooks: that of the files' names, then that in the file, refined by names.
struct HookOrder {
    let sorted: [Registration]
    /// Names that are not there.
    var notes: [String] = []

    /// At each place stands the best-placed file whose predecessors have been.
    ///
    /// - Throws: ``HookError/cycle(_:)``.
    init(_ registrations: [Registration], files: [HookFile]) throws {
        var predecessors: [String: Set<String>] = [:]
        for registration in registrations {
            let own = registration.name.split(separator: "/").first.map(String.init) ?? ""
            for (option, names) in [("runs_after", registration.runsAfter), ("runs_before", registration.runsBefore)] {
                for other in names where !files.contains(where: { $0.name == other }) {
                    let near = nearest(to: other, among: files.map(\.name)).map { ", did you mean \"\($0)\"?" } ?? ""
                    notes.append(
                        "\(registration.place): \(option) names \"\(other)\", and there is no such hook file\(near)"
                    )
                }
            }
            for other in registration.runsAfter { predecessors[own, default: []].insert(other) }
            for other in registration.runsBefore { predecessors[other, default: []].insert(own) }
        }
        var left = files
        var placed: [HookFile] = []
        while !left.isEmpty {
            let waiting = Set(left.map(\.name))
            guard let next = left.firstIndex(where: { predecessors[$0.name, default: []].isDisjoint(with: waiting) })
            else { throw HookError.cycle(left.map(\.name)) }
            placed.append(left.remove(at: next))
        }
        sorted = placed.flatMap { file in registrations.filter { $0.file == file.fileName } }
    }
}
