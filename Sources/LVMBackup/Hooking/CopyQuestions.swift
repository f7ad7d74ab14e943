import Lifecycle
import MySQL

/// Questions of hooks to the recovered copy: one private server at a time, which ends with the hook that asked.
actor CopyQuestions {
    private var inspection: (any CopyInspecting)?

    /// - Throws: `MySQLError`, `HostError`; ``SettingsError`` where no server can run on the copy.
    func query(_ run: Run, _ sql: String) async throws -> Rows {
        guard let inspection = inspection ?? run.inspect?() else {
            throw SettingsError(
                "run:sql cannot ask the copy: it was not recovered",
                advice: "leave the step recover in, and do not replace it"
            )
        }
        self.inspection = inspection
        guard let server = inspection as? any CopyAnswering else {
            throw SettingsError("run:sql cannot ask the copy: its provider has no server")
        }
        return try await server.query(sql)
    }

    func end() async throws {
        guard let inspection else { return }
        self.inspection = nil
        try await inspection.end()
    }
}
