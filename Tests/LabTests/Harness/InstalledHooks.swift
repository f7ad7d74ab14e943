import Foundation
import Testing

/// The hook files of a scenario, as a site would have installed them.
enum InstalledHooks {
    static let directory = "/run/lab/hooks.d"
    static let option = ["--hooks", directory]

    /// Puts these files there, and no others.
    static func are(_ files: [String: String]) async throws {
        try await check("rm", "-rf", directory)
        try await check("install", "-d", "-m", "755", directory)
        for (name, text) in files {
            try text.write(toFile: "\(directory)/\(name)", atomically: false, encoding: .utf8)
        }
        try await check("chmod", "-R", "go-w", directory)
    }

    /// A file of the project, as it ships.
    static func shipped(_ path: String) throws -> String {
        try String(contentsOfFile: "\(Lab.root)/\(path)", encoding: .utf8)
    }
}
