import Conformance
import Testing

@testable import LVM

struct LVMStorageTests {
    @Test(arguments: StorageProperty.all(canMount: false))
    func `LVM behaves as every storage does`(property: StorageProperty) async throws {
        try await property.check(PretendVolumes())
    }
}
