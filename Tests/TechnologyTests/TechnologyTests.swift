import Conformance
import Testing

/// A second storage and a second database behave as the first ones do.
struct TechnologyTests {
    @Test(arguments: StorageProperty.all(canMount: true))
    func `a directory behaves as every storage does`(property: StorageProperty) async throws {
        try await property.check(DirectoryFixture())
    }

    @Test(arguments: DatabaseProperty.all)
    func `SQLite behaves as every database does`(property: DatabaseProperty) async throws {
        try await property.check(SQLiteFixture())
    }
}
