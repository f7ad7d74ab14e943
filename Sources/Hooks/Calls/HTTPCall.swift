import Foundation
import HTTP
import Lifecycle

extension HookHost {
    /// `run:http`.
    ///
    /// - Throws: ``LuaError``, `HTTPError`.
    func request(_ value: LuaValue, _ call: HookCall) throws -> LuaValue {
        let request = try HTTPRequest(value, secret: services.secret)
        if call.run.isDryRun {
            throw leaveOut("would send \(request)", call.run)
        }
        let machine = services.machine
        let response = try wait { try await machine.send(request) }
        guard (200..<300).contains(response.status) || value["check"].bool == false else {
            throw LuaError("\(request): the server answered with status \(response.status)")
        }
        let headers = response.headers.map { ($0.name.lowercased(), LuaValue.text($0.value)) }
        return .table([
            "status": .integer(Int64(response.status)), "body": .string(response.body),
            "headers": .table(Dictionary(headers) { $1 }),
        ])
    }
}

extension HTTPRequest {
    fileprivate init(_ value: LuaValue, secret: (String) throws -> [UInt8]) throws {
        func text(_ value: LuaValue) throws -> String? {
            guard let name = value["secret"].text else { return value.text }
            return String(decoding: try secret(name), as: UTF8.self).trimmingCharacters(in: .newlines)
        }
        guard let url = try text(value["url"]) else { throw LuaError("run:http needs a url") }
        self.init(method: value["method"].text ?? "GET", url: url)
        for (name, entry) in (value["headers"].fields ?? [:]).sorted(by: { $0.key < $1.key }) {
            headers.append((name, try text(entry) ?? ""))
        }
        if case .string(let bytes) = value["body"] { body = bytes }
        if !value["json"].isNone {
            body = Array(try JSONEncoder().encode(value["json"]))
            headers.append(("Content-Type", "application/json"))
        }
        if !value["timeout"].isNone { timeout = .seconds(try Quantity.seconds(value["timeout"], "timeout")) }
        if let retries = value["retries"].integer { self.retries = Int(clamping: retries) }
    }
}
