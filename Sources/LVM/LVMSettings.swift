import Host

/// Settings of LVM as they stand in its configuration files, or their defaults.
struct LVMSettings: Sendable, Equatable {
    private let values: [String: String]

    /// - Parameters:
    ///   - names: such as "global/test".
    ///   - profile: a metadata profile whose settings count; empty for none.
    /// - Throws: ``LVMError/unreadableReport(command:text:)``, `HostError`.
    static func read(_ names: [String], profile: String = "", _ tools: LVMTools) async throws -> LVMSettings {
        let options = ["--typeconfig", "full"] + (profile.isEmpty ? [] : ["--metadataprofile", profile])
        // Without any configuration lvmconfig 2.03 has nothing to complete, and fails (measured).
        let output = try await tools.run("lvmconfig", options + names, configuration: "log{}").output
        return try LVMSettings(output, names)
    }

    /// - Parameter output: lines such as `test=0`, in the order of the names or another.
    init(_ output: String, _ names: [String]) throws(LVMError) {
        var values: [String: String] = [:]
        for line in output.split(separator: "\n") {
            guard let equals = line.firstIndex(of: "=") else {
                throw .unreadableReport(command: "lvmconfig", text: output)
            }
            let key = line[..<equals].filter { !$0.isWhitespace }
            guard let name = names.first(where: { $0.hasSuffix("/" + key) }) else {
                throw .unreadableReport(command: "lvmconfig", text: output)
            }
            let value = line[line.index(after: equals)...]
            values[name] = String(value.drop(while: \.isWhitespace))
        }
        self.values = values
    }

    /// As lvmconfig writes it, strings in quotes; nil where the release has no such setting.
    subscript(_ name: String) -> String? { values[name] }

    /// A string without its quotes.
    func path(_ name: String) -> String? {
        guard let value = self[name], value.count > 1, value.first == "\"", value.last == "\"" else { return nil }
        return String(value.dropFirst().dropLast())
    }
}
