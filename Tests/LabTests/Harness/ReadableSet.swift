import CXXHash
import Foundation
import Testing

extension BackupSet {
    /// Every file has the size and the checksum of the manifest, and plain tar finds as many members as that says.
    ///
    /// - Parameter report: the output of its run.
    func expectReadable(_ report: Comment? = nil) async throws {
        let parts = manifest["archive"]["parts"].elements
        #expect(parts.count >= 2, "\(manifest)")
        for part in parts {
            let path = "\(directory)/\(try #require(part["name"].string))"
            let data = try Data(contentsOf: URL(filePath: path), options: .alwaysMapped)
            #expect(part["bytes"].number == Double(data.count), "\(path): \(report ?? "")")
            #expect(part["xxh3"].string == checksum(data), "\(path): \(report ?? "")")
        }
        let list = try await Command(["tar", "-tf", archive]).wait()
        #expect(list.status == 0, list.report)
        let members = list.output.split(separator: "\n").count
        #expect(manifest["archive"]["members"].number == Double(members), "\(manifest)")
    }
}

/// XXH3-128, as `xxh128sum` prints it.
private func checksum(_ data: Data) -> String {
    let hash = data.withUnsafeBytes { XXH3_128bits($0.baseAddress, $0.count) }
    return [hash.high64, hash.low64].map { half in
        let digits = String(half, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }.joined()
}
