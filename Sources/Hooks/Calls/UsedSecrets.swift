import Lifecycle
import Synchronization

/// The secrets that the hooks of one file have used.
///
/// Their values go into programs, requests and statements. Every message that leaves the file's hooks passes here, and
/// has a secret's name in place of its value.
final class UsedSecrets: Sendable {
    /// Under this name the prelude hands over a text that has secrets in it, as a list of its parts.
    ///
    /// A part is a string, or a table with the secret's name.
    private static let key = "\0text"

    private let read: @Sendable (String) throws -> [UInt8]
    private let used = Mutex<[String: [UInt8]]>([:])

    init(_ read: @escaping @Sendable (String) throws -> [UInt8]) { self.read = read }

    /// - Throws: the fault of the secret's file.
    @discardableResult
    func use(_ name: String) throws -> [UInt8] {
        let bytes = try read(name)
        used.withLock { $0[name] = bytes }
        return bytes
    }

    // MARK: Texts with secrets

    /// The bytes of a text, with the values of the secrets in it.
    ///
    /// - Throws: ``LuaError`` for a value that is no text.
    func bytes(_ value: LuaValue, _ what: String) throws -> [UInt8] {
        switch value {
        case .string(let bytes): return bytes
        case .integer(let number): return Array("\(number)".utf8)
        case .number(let number): return Array("\(number)".utf8)
        default:
            guard let parts = Self.parts(value) else {
                throw LuaError("\(what) has to be a string, not \(value.kind)")
            }
            return try parts.flatMap { part in
                if case .string(let bytes) = part { return bytes }
                return try use(part["name"].text ?? "")
            }
        }
    }

    /// - Throws: ``LuaError`` for a value that is no text, or has a zero byte.
    func text(_ value: LuaValue, _ what: String) throws -> String {
        let bytes = try bytes(value, what)
        guard !bytes.contains(0) else { throw LuaError("\(what) has a zero byte") }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// A text as messages show it; nil for one without secrets.
    static func shown(_ value: LuaValue) -> String? {
        parts(value)?.map { $0.text ?? "[secret \($0["name"].text ?? "")]" }.joined()
    }

    /// A value with texts in place of those that have secrets in them, at every depth.
    ///
    /// - Throws: the fault of a secret's file.
    func filled(_ value: LuaValue) throws -> LuaValue {
        if Self.parts(value) != nil { return .string(try bytes(value, "a text")) }
        return switch value {
        case .list(let items): .list(try items.map(filled))
        case .table(let fields): .table(try fields.mapValues(filled))
        default: value
        }
    }

    private static func parts(_ value: LuaValue) -> [LuaValue]? { value[key].list }

    // MARK: Messages

    /// The text with the names of secrets in place of their values, as they are and in hexadecimal.
    func hidden(in text: String) -> String {
        let secrets = used.withLock { $0 }.filter { !$0.value.isEmpty }
        // One secret may be a part of another.
        let sorted = secrets.sorted { ($1.value.count, $0.key) < ($0.value.count, $1.key) }
        return sorted.reduce(text) { text, secret in
            [SQLText.hexadecimal(secret.value), String(decoding: secret.value, as: UTF8.self)].reduce(text) {
                $0.replacing($1, with: "[secret \(secret.key)]")
            }
        }
    }

    /// The error itself, or where it tells a secret, one that does not.
    func hidden(in error: any Error) -> any Error {
        if var error = error as? LuaError {
            error.message = hidden(in: error.message)
            return error
        }
        let message = Failure(error).message
        let told = hidden(in: message)
        return told == message ? error : LuaError(told)
    }
}
