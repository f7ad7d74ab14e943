/// An error of a Lua chunk, with its place.
package struct LuaError: Error, Equatable, Sendable, CustomStringConvertible {
    /// Why the code was ended.
    package enum Cause: Sendable, Equatable {
        case raised, outOfTime, outOfMemory
        /// For a release that needs the same thread.
        case madeWay
    }

    package var message: String
    package var file: String?
    package var line: Int?
    /// The hooks' own frames, innermost first, one a line.
    package var traceback = ""
    package var cause = Cause.raised

    package init(_ message: String) { self.message = message }

    package var description: String {
        guard let file else { return message }
        return line.map { "\(file):\($0): \(message)" } ?? "\(file): \(message)"
    }
}

extension LuaError {
    /// - Parameter value: the value from the state's error handler.
    init(_ value: LuaValue, _ cause: Cause) {
        message = value["message"].text ?? value.text ?? "an error that is \(value.kind)"
        file = value["file"].text
        line = value["line"].integer.map { Int($0) }
        traceback = value["traceback"].text ?? ""
        self.cause = cause
        // Of a chunk that cannot be compiled the message alone says where.
        if file == nil, let match = message.prefixMatch(of: #/([^\s:]+\.lua):([0-9]+): /#) {
            (file, line) = (String(match.1), Int(match.2))
        }
        // Lua puts the place before its own messages.
        if let file, let line, message.hasPrefix("\(file):\(line): ") {
            message.removeFirst("\(file):\(line): ".count)
        }
    }
}
