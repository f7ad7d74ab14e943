import Foundation
import Testing

/// How the database host of a scenario is built.
struct Layout: Hashable, Sendable, CustomTestStringConvertible {
    var filesystem = "xfs"
    var group = "lab"
    var volume = "mysql"
    /// As printf's %b reads it.
    var mountPoint: String?
    /// The directory of the mount point is on another volume.
    var isBelowAnother = false
    /// The group is on /dev/mapper/base, whose table can be changed.
    var isOnMapper = false
    /// The volume is a RAID 1 on two halves of the disk.
    var isMirrored = false
    var isThin = false
    var size = "1G"
    var subdirectory: String?
    var isBound = false
    /// Where a volume is mounted that is bound; as printf's %b reads it.
    var elsewhere: String?
    var hasRedoElsewhere = false
    var isFull = false
    var isPlain = false
    /// Root starts the server, which changes its user by itself.
    var isStartedByRoot = false
    /// Options of the server.
    var settings: [String] = []

    var testDescription: String {
        let name = "\(group)/\(volume)" == "lab/mysql" ? nil : "\(group)/\(volume)"
        let places = [name, mountPoint, elsewhere, subdirectory, isBound ? "bound" : nil]
        return (["\(filesystem) \(isThin ? "thin" : isMirrored ? "mirrored" : "thick")"] + places + settings)
            .compactMap(\.self).joined(separator: ", ")
    }

    var datadir: String { subdirectory.map { "/var/lib/mysql/\($0)" } ?? "/var/lib/mysql" }

    fileprivate var options: [String] {
        var options = ["--filesystem", filesystem, "--size", size, "--group", group, "--volume", volume]
        for (option, value) in [("--mountpoint", mountPoint), ("--elsewhere", elsewhere)] {
            options += value.map { [option, $0] } ?? []
        }
        if isBelowAnother { options.append("--outer") }
        if isOnMapper { options.append("--mapper") }
        if isMirrored { options.append("--mirrored") }
        if isThin { options.append("--thin") }
        if let subdirectory { options += ["--subdirectory", subdirectory] }
        if isBound { options.append("--bind") }
        if hasRedoElsewhere { options.append("--redo-elsewhere") }
        if isFull { options.append("--full") }
        if isPlain { options.append("--plain") }
        if isStartedByRoot { options.append("--by-root") }
        return options + settings.flatMap { ["--set", $0] }
    }
}

/// A server whose data is on a logical volume, in the state that its layout says.
struct DatabaseHost: Sendable {
    let layout: Layout
    static let socket = "/run/mysqld/mysqld.sock"

    /// The host with this layout: the one that the last scenario left, where it fits, else a new one.
    static func with(_ layout: Layout = Layout()) async throws -> DatabaseHost {
        try await Standing.shared.host(layout)
    }

    /// A new host, never that of the last scenario.
    static func fresh(_ layout: Layout = Layout()) async throws -> DatabaseHost {
        await forget()
        return try await with(layout)
    }

    /// The host of the default layout that another boot left on the disks.
    static func resumed() async throws -> DatabaseHost {
        try await Standing.shared.resume()
    }

    /// The next scenario gets a new host, because this one was changed.
    static func forget() async { await Standing.shared.forget() }

    /// The host that stands at the moment.
    private actor Standing {
        static let shared = Standing()
        private var layout: Layout?

        func host(_ wanted: Layout) async throws -> DatabaseHost {
            if layout != wanted {
                layout = nil
                try await Self.prepareDestination()
                try await check(["\(Lab.tools)/database-host", "down"])
                try await check(["\(Lab.tools)/database-host", "up"] + wanted.options)
                layout = wanted
            }
            return DatabaseHost(layout: wanted)
        }

        func resume() async throws -> DatabaseHost {
            if layout == nil {
                try await Self.prepareDestination()
                try await check("\(Lab.tools)/database-host", "resume")
                layout = Layout()
            }
            return DatabaseHost(layout: Layout())
        }

        func forget() { layout = nil }

        private static func prepareDestination() async throws {
            try await check(["\(Lab.tools)/destination"])
        }
    }

    /// The rows of a query, columns separated by tabs.
    @discardableResult
    func query(_ statement: String, delimiter: String = ";", at location: SourceLocation = #_sourceLocation)
        async throws
        -> [[String]]
    {
        try await Self.query(statement, socket: Self.socket, delimiter: delimiter, at: location)
    }

    static func query(_ statement: String, socket: String, delimiter: String = ";", at location: SourceLocation)
        async throws -> [[String]]
    {
        try await check(
            ServerProduct.here.client(socket) + ["--batch", "--skip-column-names", "--delimiter=\(delimiter)"],
            input: statement,
            at: location
        ).rows
    }

    var serverPID: Int32 {
        get throws {
            let text = try String(contentsOfFile: "/run/lab/server.pid", encoding: .utf8)
            return try #require(Int32(text.trimmingCharacters(in: .whitespacesAndNewlines)))
        }
    }
}

extension String {
    /// Lines, each split at its tabs.
    var rows: [[String]] {
        split(separator: "\n").map { $0.split(separator: "\t", omittingEmptySubsequences: false).map(String.init) }
    }
}
