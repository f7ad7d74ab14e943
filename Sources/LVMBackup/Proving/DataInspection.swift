import Lifecycle
import MySQL

/// A private server on a verified set, started by the first question and ended by ``end()``.
actor DataInspection: CopyAnswering {
    private let data: RestoredData
    private var running: (server: PrivateServer, session: Session)?

    init(_ data: RestoredData) { self.data = data }

    func query(_ sql: String) async throws -> Rows { try await session().query(sql) }

    func end() async throws {
        guard let running else { return }
        self.running = nil
        running.session.cut()
        try await running.server.shutDown()
    }

    private func session() async throws -> Session {
        if let running { return running.session }
        let server = try await data.start(isWritable: false)
        let session = try await server.openSession()
        running = (server, session)
        return session
    }
}
