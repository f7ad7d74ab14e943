import Host
import Lifecycle
import MySQL

/// A file of tables, and the program that checks it.
struct TableFile: Sendable, Equatable {
    /// Relative to the data directory, or to the one with data outside of it.
    var path: String
    var purpose: ServerProgram.Purpose
    /// Why it is not checked; nil where it is.
    var leftOut: String?
    /// Options of the program, one list for each run of it.
    var options: [[String]] = [[]]
    /// Bytes to read, with those of the files beside it that the program reads, too.
    ///
    /// Holes are read fast: of a file that its owner made of holes, eight times the bytes on the disk and 1 GiB count.
    var size: Int64 = 0
    /// Whether it is outside the data directory.
    var isOutside = false

    /// The path in the set.
    var described: String { isOutside ? ".lvmbackup/outside/" + path : path }

    /// The file as the program takes it: MySQL's myisamchk calls each name with its extension a wrong one (error 140, measured,
    /// 9.7.4).
    var argument: String {
        "./" + (purpose == .myisamCheck && path.hasSuffix(".MYI") ? String(path.dropLast(4)) : path)
    }

    /// Whether a program says that it cannot read the file because of encryption.
    ///
    /// Its words have the file's name in them, which may be any.
    func isEncrypted(by text: String) -> Bool {
        text.replacing(argument, with: "").replacing(path, with: "").contains("ncrypt")
    }
}

/// Finds the tablespaces and tables in a data directory.
///
/// It blocks.
struct TableFiles: Sendable {
    private let isMariaDB: Bool
    /// Files of the system tablespace, in order.
    private let system: [String]
    /// Bytes.
    private let pageSize: Int

    init(_ server: Server) {
        isMariaDB = server.flavour.lowercased().contains("mariadb")
        let sizes = [4096, 8192, 16_384, 32_768, 65_536]
        let size = server.settings?["innodb_page_size"].flatMap { Int($0) }
        pageSize = size.flatMap { sizes.contains($0) ? $0 : nil } ?? 16_384
        let list = server.settings?["innodb_data_file_path"] ?? "ibdata1"
        system = list.split(separator: ";").compactMap { entry in
            entry.split(separator: ":").first?.pathComponents.last
        }
    }

    /// Directories that deep hold no tables: "outside" data lies below its absolute path.
    private static let deepest = 32

    /// Symbolic links are not followed; files whose names are no text are left out.
    ///
    /// - Parameter isOutside: whether the directory has the data outside the data directory.
    /// - Throws: `HostError`
    func all(in top: HeldDirectory, isOutside: Bool = false) throws -> [TableFile] {
        try all(in: top, "", depth: 0, isOutside)
    }

    private func all(
        in directory: HeldDirectory,
        _ prefix: String,
        depth: Int,
        _ isOutside: Bool
    ) throws -> [TableFile] {
        var files: [TableFile] = []
        let members = try directory.members()
        let tables = Dictionary(grouping: members) { Self.stem(of: $0.name.text ?? "") }
        for member in members {
            try CancellationFlag.check()
            guard let name = member.name.text else { continue }
            switch member.kind {
            case .directory where depth < Self.deepest && name != "#innodb_temp":
                files += try all(in: directory.directory(member.name), prefix + name + "/", depth: depth + 1, isOutside)
            case .regular:
                guard var file = tableFile(named: name, in: prefix) else { continue }
                if file.purpose == .innodbCheck, file.leftOut == nil {
                    try look(at: directory.file(member.name), named: name, &file)
                }
                file.isOutside = isOutside
                if file.purpose != .innodbCheck {
                    let beside = tables[Self.stem(of: name)] ?? []
                    file.leftOut = Self.isElsewhere(file, beside) ? "its rows are in another directory" : nil
                }
                file.size = try size(of: name, file, among: tables, in: directory)
                files.append(file)
            default: continue
            }
        }
        return files
    }

    /// The programs of MyISAM and Aria open the files beside an index by its name, and a FIFO would hold them for ever.
    ///
    /// - Returns: the bytes of all files of the table.
    /// - Throws: `HostError` for a file that is no regular one.
    private func size(
        of name: String,
        _ file: TableFile,
        among tables: [Substring: [(name: FileName, kind: FileStatus.Kind)]],
        in directory: HeldDirectory
    ) throws -> Int64 {
        guard file.purpose != .innodbCheck else { return try bytesToRead(of: FileName(name), in: directory) }
        var size: Int64 = 0
        for member in tables[Self.stem(of: name)] ?? [] {
            guard let other = member.name.text else { continue }
            if member.kind == .link, file.leftOut != nil { continue }
            guard member.kind == .regular else {
                throw HostError.malformed(
                    file.path.dropLast(name.count) + other,
                    reason: "a file of table \"\(file.path)\" is not a regular file, so that it cannot be checked"
                )
            }
            let (sum, isTooMuch) = size.addingReportingOverflow(try bytesToRead(of: member.name, in: directory))
            size = isTooMuch ? .max : sum
        }
        return size
    }

    /// Whether a table has DATA DIRECTORY: the server finds its rows by a symbolic link in its database, or in the place of
    /// such a link.
    private static func isElsewhere(
        _ file: TableFile,
        _ beside: [(name: FileName, kind: FileStatus.Kind)]
    ) -> Bool {
        let table = file.path.pathComponents.last?.dropLast(4) ?? ""
        let rows = beside.first { $0.name.text == table + (file.purpose == .ariaCheck ? ".MAD" : ".MYD") }
        return rows?.kind == .link || rows == nil && file.isOutside
    }

    private func bytesToRead(of name: FileName, in directory: HeldDirectory) throws -> Int64 {
        guard let status = try directory.status(of: name) else { return 0 }
        let allocated = min(status.allocated, UInt64.max >> 4)
        return Int64(clamping: min(status.size, allocated * 8 + 1 << 30))
    }

    /// The name of the table that a file belongs to: all before its last full stop.
    ///
    /// Before the first one would be the same for a server's files, which has "@002e" in a table's name; but others could
    /// make all files of a directory one table's.
    private static func stem(of name: String) -> Substring { name[..<(name.lastIndex(of: ".") ?? name.endIndex)] }

    private func tableFile(named name: String, in prefix: String) -> TableFile? {
        let path = prefix + name
        let check = ["--silent", "--check", "--read-only"]
        if name.hasSuffix(".MYI") { return TableFile(path: path, purpose: .myisamCheck, options: [check]) }
        if name.hasSuffix(".MAI") {
            return TableFile(path: path, purpose: .ariaCheck, options: [check + ["--ignore-control-file"]])
        }
        if let number = system.firstIndex(of: name) {
            let reason = "only the first file of the system tablespace can be checked"
            return TableFile(path: path, purpose: .innodbCheck, leftOut: number == 0 ? nil : reason)
        }
        let isUndo =
            name.hasPrefix("undo") && name.dropFirst(4).allSatisfy { $0.isNumber || $0 == "_" } && name.count > 4
        guard name.hasSuffix(".ibd") || name.hasSuffix(".ibu") || isUndo else { return nil }
        return TableFile(path: path, purpose: .innodbCheck)
    }

    private func look(at content: HeldFile, named name: String, _ file: inout TableFile) throws {
        if !isMariaDB {
            if try isEncrypted(content) { file.leftOut = "it is encrypted" }
        } else if system.first == name, let buffer = try DoublewriteBuffer(of: content, pageSize: pageSize) {
            file.options = buffer.others
        }
    }

    /// MySQL's flags of a tablespace, at byte 54 of the first page: bit 13 stands for encryption (fsp0types.h).
    private func isEncrypted(_ file: HeldFile) throws -> Bool {
        let flags = try file.read(from: 54, count: 4)
        return flags.count == 4 && flags[2] & 0x20 != 0
    }
}
