/// Waits until a condition holds.
///
/// - Parameter limit: more than the slowest machine needs.
/// - Returns: false where it does not hold in time.
package func eventually(
    within limit: Duration = .seconds(10),
    _ condition: () async throws -> Bool
) async throws -> Bool {
    let end = ContinuousClock.now + limit
    while try await !condition() {
        guard ContinuousClock.now < end else { return false }
        try await Task.sleep(for: .milliseconds(10))
    }
    return true
}
