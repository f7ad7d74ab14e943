import Host
import Lifecycle

/// The files in which a replica keeps the address of its source and its own position.
///
/// MariaDB has no other place for them; MySQL had them until 8.2, where an option asked for files. A named connection has
/// files of its own, such as "relay-log-east.info" beside "relay-log.info" (tried, MariaDB 10.11).
struct ReplicaFiles {
    let identity: ServerIdentity
    let variables: ServerVariables

    private var isUsed: Bool {
        identity.isMariaDB || variables["master_info_repository"]?.uppercased() == "FILE"
            || variables["relay_log_info_repository"]?.uppercased() == "FILE"
    }

    private var position: String? { isUsed ? variables.path("relay_log_info_file") : nil }

    /// The files with positions, where a variable puts them outside the data directory.
    var files: [DataFile] {
        guard let position, !FilePath.isInside(position, variables.datadir) else { return [] }
        let name = FilePath.name(of: position)
        let dot = name.lastIndex(of: ".") ?? name.endIndex
        let (stem, suffix) = (FileInventory.escaped(String(name[..<dot])), FileInventory.escaped(String(name[dot...])))
        return [
            DataFile(
                role: .relayLog,
                path: FilePath.directory(of: position),
                isRequired: false,
                names: [stem + suffix, stem + "-*" + suffix]
            )
        ]
    }

    /// Warnings of files that a backup of the data's file system lacks.
    ///
    /// No variable shows the option `master_info_file`.
    ///
    /// - Throws: `HostError`.
    func warnings(in view: any TreeView) throws -> [String] {
        guard isUsed, case .file(let datadir) = try view.resolve(FileName(variables.datadir)).end else { return [] }
        var warnings: [String] = []
        if let position, case .file(let file) = try view.resolve(FileName(position)).end,
            file.mount?.device != datadir.mount?.device
        {
            warnings.append("\"\(position)\" (the replica's position) is not on the volume: it is not archived")
        }
        let hasSource = try view.members(of: datadir.path).contains { name, _ in
            let name = name.description
            return name == "master.info" || (name.hasPrefix("master-") && name.hasSuffix(".info"))
        }
        if !hasSource {
            warnings.append(
                "the replica's \"master.info\" is not in the data directory, as with the option master_info_file: it is not archived"
            )
        }
        return warnings
    }
}
