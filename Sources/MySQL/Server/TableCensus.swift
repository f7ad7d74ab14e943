import Lifecycle

/// The numbers of users' tables by engine, as the files in the directories of databases show them; without InnoDB's.
struct TableCensus: Equatable, Sendable {
    /// By definitions.
    private var defined: [String: Int] = [:]
    /// By data files, of which a table with partitions has several.
    private var stored: [String: Int] = [:]

    mutating func countDefinition(_ engine: String) { if engine != "InnoDB" { defined[engine, default: 0] += 1 } }

    mutating func countData(_ engine: String) { stored[engine, default: 0] += 1 }

    /// In alphabetical order of the engines.
    var uses: [EngineUse] {
        defined.merging(stored) { defined, _ in defined }.sorted { $0.key < $1.key }.map { engine, number in
            EngineUse(engine: engine, userTables: number, systemTables: 0, isTransactional: false)
        }
    }

    /// Puts the numbers together with those of `information_schema.TABLES`, which lacks the tables that the account does
    /// not see: of each engine the higher number counts.
    func completing(_ engines: [EngineUse]) -> [EngineUse] {
        var all = engines
        for use in uses {
            // Products and files differ in the case of an engine's name.
            guard let place = all.firstIndex(where: { $0.engine.lowercased() == use.engine.lowercased() }) else {
                all.append(use)
                continue
            }
            all[place].userTables = max(all[place].userTables, use.userTables)
        }
        return all.sorted { $0.engine < $1.engine }
    }
}
