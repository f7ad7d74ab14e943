import FoundationEssentials
import Lifecycle

/// MySQL's `performance_schema.log_status`: all logs' positions at one moment.
enum LogStatus {
    static let statement = "SELECT `LOCAL` FROM `performance_schema`.`log_status`"

    private struct Local: Decodable {
        let gtid: String?
        let file: String?
        let position: UInt64?

        enum CodingKeys: String, CodingKey {
            case gtid = "gtid_executed"
            case file = "binary_log_file"
            case position = "binary_log_position"
        }
    }

    /// - Throws: ``MySQLError/answer(to:missing:)``.
    static func coordinates(_ rows: Rows) throws -> Coordinates {
        guard let json = rows.scalar else { throw MySQLError.answer(to: statement, missing: "a row") }
        // Any error of the decoder means that the answer differs from the manual.
        guard let local = try? JSONDecoder().decode(Local.self, from: Data(json.utf8)) else {
            throw MySQLError.answer(to: statement, missing: "binary_log_file and binary_log_position")
        }
        var coordinates = Coordinates(gtid: local.gtid.flatMap(CoordinateReading.singleLine))
        if let file = local.file, let position = local.position {
            coordinates.binlog = Coordinates.Position(file: file, position: position)
        }
        return coordinates
    }
}
