import Foundation
import Synchronization

/// Looks, while a backup runs, at which files the servers other than the live one have open.
final class DescriptorWatch: Sendable {
    /// The findings.
    struct Sightings: Sendable {
        var servers = 0
        /// Paths of descriptors on the watched device.
        var onOrigin: Set<String> = []
    }

    private let sightings = Mutex(Sightings())
    private let task = Mutex<Task<Void, Never>?>(nil)

    static func start(device: UInt, except live: Int32) -> DescriptorWatch {
        let watch = DescriptorWatch()
        watch.task.withLock {
            $0 = Task {
                while !Task.isCancelled {
                    watch.look(device: device, except: live)
                    // Cancelled is how it ends.
                    try? await Task.sleep(for: .milliseconds(100))
                }
            }
        }
        return watch
    }

    func stop() async -> Sightings {
        let task = task.withLock { $0 }
        task?.cancel()
        await task?.value
        return sightings.withLock { $0 }
    }

    private func look(device: UInt, except live: Int32) {
        // A process that ends meanwhile has no descriptors.
        let files = FileManager.default
        for pid in (try? files.contentsOfDirectory(atPath: "/proc"))?.compactMap({ Int32($0) }) ?? [] where pid != live
        {
            guard let name = try? String(contentsOfFile: "/proc/\(pid)/comm", encoding: .utf8),
                ["mariadbd", "mysqld"].contains(where: name.hasPrefix)
            else { continue }
            sightings.withLock { $0.servers += 1 }
            for descriptor in (try? files.contentsOfDirectory(atPath: "/proc/\(pid)/fd")) ?? [] {
                var status = stat()
                let path = "/proc/\(pid)/fd/\(descriptor)"
                guard stat(path, &status) == 0, status.st_dev == device else { continue }
                let target = (try? files.destinationOfSymbolicLink(atPath: path)) ?? path
                sightings.withLock { _ = $0.onOrigin.insert(target) }
            }
        }
    }
}
