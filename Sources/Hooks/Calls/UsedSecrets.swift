import Lifecycle

/// The secrets in one statement: its errors quote it, and the server's quote values.
struct UsedSecrets {
    private var secrets: [(name: String, bytes: [UInt8])] = []

    mutating func use(_ name: String, _ read: (String) throws -> [UInt8]) throws -> [UInt8] {
        let bytes = try read(name)
        if !bytes.isEmpty { secrets.append((name, bytes)) }
        return bytes
    }

    /// The error itself, or where it tells a secret, in either form, one that has the secret's name in its place.
    func hidden(in error: any Error) -> any Error {
        let message = Failure(error).message
        var told = message
        for (name, bytes) in secrets {
            for form in [SQLText.hexadecimal(bytes), String(decoding: bytes, as: UTF8.self)] {
                told = told.replacing(form, with: "[secret \(name)]")
            }
        }
        return told == message ? error : LuaError(told)
    }
}
