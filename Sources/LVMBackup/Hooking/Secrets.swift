import FoundationEssentials
import Glibc
import Hooks
import Host

/// Secrets for hooks: files that only root can read.
enum Secrets {
    private static let directory = "/etc/lvmbackup/secrets"

    /// The bytes of a secret, without a line break at their end.
    ///
    /// - Parameter name: a file's name in systemd's credentials directory, or in /etc/lvmbackup/secrets.
    /// - Throws: ``SettingsError``.
    static func read(_ name: String) throws -> [UInt8] {
        guard !name.isEmpty, !name.contains("/"), !name.hasPrefix(".") else {
            throw SettingsError("a secret's name is a file's name, not \"\(name)\"")
        }
        let credentials = ProcessInfo.processInfo.environment["CREDENTIALS_DIRECTORY"]
        for place in [credentials, directory].compactMap(\.self) {
            let path = "\(place)/\(name)"
            var status = stat()
            guard lstat(path, &status) == 0 else { continue }
            guard status.st_mode & S_IFMT == S_IFREG, status.st_mode & (S_IRWXG | S_IRWXO) == 0,
                status.st_uid == geteuid() || status.st_uid == 0
            else {
                throw SettingsError("the secret \"\(path)\" can be read by others", advice: "chmod 600 \(path)")
            }
            var bytes = try readFile(path, limit: 1 << 20)
            while bytes.last == UInt8(ascii: "\n") { bytes.removeLast() }
            return bytes
        }
        throw SettingsError("there is no secret \"\(name)\"", advice: "put it into \(directory)/\(name), mode 600")
    }
}
