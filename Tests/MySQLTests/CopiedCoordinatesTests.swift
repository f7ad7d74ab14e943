import Lifecycle
import Testing

@testable import MySQL

@Suite struct CopiedCoordinatesTests {
    private static let said = Coordinates.Position(file: "binlog.000007", position: 825)

    @Test func `a log that ends where the server said is no difference`() {
        #expect(CopiedCoordinates.Difference(said: Self.said, file: "binlog.000007", size: 825) == nil)
    }

    @Test(arguments: [
        // Changes after the coordinates, and changes that the copy lacks.
        ("binlog.000007", 826, true), ("binlog.000007", 824, true),
        // FLUSH LOGS begins a log, and changes nothing.
        ("binlog.000008", 157, false),
    ])
    func `a log that ends elsewhere makes the coordinates inexact`(file: String, size: UInt64, isDoubt: Bool) throws {
        let difference = try #require(CopiedCoordinates.Difference(said: Self.said, file: file, size: size))
        #expect(difference.isDoubt == isDoubt)
        let copied = "the copy's newest log is \"\(file)\" of \(size) bytes"
        #expect(difference.text == "the server said \"binlog.000007\" 825, but \(copied)")
    }
}
