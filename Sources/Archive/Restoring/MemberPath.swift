internal import Host

/// The place of a member below the target: components without "." and "..".
struct MemberPath: Hashable, Sendable, CustomStringConvertible {
    let components: [[UInt8]]

    /// - Throws: ``ReadError/refusedMember(_:why:)`` for a name that leads out of the target.
    init(_ name: RawPath) throws(ReadError) {
        guard name.bytes.first != UInt8(ascii: "/") else {
            throw .refusedMember(name.description, why: "its name is absolute")
        }
        let components = name.bytes.split(separator: UInt8(ascii: "/")).map(Array.init).filter { $0 != [0x2e] }
        guard !components.contains([0x2e, 0x2e]) else {
            throw .refusedMember(name.description, why: "its name has \"..\" in it")
        }
        self.components = components
    }

    private init(components: [[UInt8]]) { self.components = components }

    var isTarget: Bool { components.isEmpty }
    var parent: MemberPath { MemberPath(components: Array(components.dropLast())) }
    var last: FileName { FileName(bytes: components.last ?? [0x2e]) }

    /// Relative to the target.
    var fileName: FileName { isTarget ? "." : FileName(bytes: Array(components.joined(separator: [0x2f]))) }

    var description: String { fileName.description }

    func appending(_ component: [UInt8]) -> MemberPath { MemberPath(components: components + [component]) }

    /// Whether a symbolic link at this place stays in the target, independently of other links of that kind.
    ///
    /// Steps upwards have to come first: there they go through directories. Behind a name, which may be a link, they would
    /// go up from where that leads.
    func holdsLink(to target: [UInt8]) -> Bool {
        let up: [UInt8] = [0x2e, 0x2e]
        let steps = target.split(separator: UInt8(ascii: "/")).map(Array.init).filter { $0 != [0x2e] }
        let upwards = steps.prefix { $0 == up }.count
        return target.first != UInt8(ascii: "/") && upwards < components.count && !steps.dropFirst(upwards).contains(up)
    }
}
