import FoundationEssentials
import HTTP
import Lifecycle

extension RunningCall {
    /// `run:http`.
    ///
    /// - Throws: ``LuaError``, `HTTPError`.
    func request(_ value: LuaValue) throws -> LuaValue {
        let request = try HTTPRequest(value, secrets)
        if run.isDryRun { throw leaveOut("would send \(request)") }
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
    fileprivate init(_ value: LuaValue, _ secrets: UsedSecrets) throws {
        func text(_ value: LuaValue, _ what: String) throws -> String {
            var text = try secrets.text(value, what).drop(while: \.isNewline)
            while text.last?.isNewline == true { text.removeLast() }
            return String(text)
        }
        self.init(method: value["method"].text ?? "GET", url: try text(value["url"], "request.url"))
        shown = UsedSecrets.shown(value["url"])
        for (name, entry) in (value["headers"].fields ?? [:]).sorted(by: { $0.key < $1.key }) {
            headers.append((name, try text(entry, "request.headers.\(name)")))
        }
        if !value["body"].isNone { body = try secrets.bytes(value["body"], "request.body") }
        if !value["json"].isNone {
            body = Array(try JSONEncoder().encode(secrets.filled(value["json"])))
            headers.append(("Content-Type", "application/json"))
        }
        if !value["timeout"].isNone { timeout = .seconds(try Quantity.seconds(value["timeout"], "timeout")) }
        if let retries = value["retries"].integer { self.retries = Int(clamping: retries) }
    }
}
