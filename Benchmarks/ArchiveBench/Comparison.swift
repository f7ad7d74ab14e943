struct Comparison {
    let directory: String
    let runs: Int

    func run() throws {}
}
