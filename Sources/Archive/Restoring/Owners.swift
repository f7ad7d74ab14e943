import Glibc

/// The owners of restored files: by name where this host knows the name, else by number.
struct Owners {
    private var users: [[UInt8]: UInt32?] = [:]
    private var groups: [[UInt8]: UInt32?] = [:]

    mutating func user(_ name: [UInt8], else number: UInt32) -> UInt32 {
        guard !name.isEmpty else { return number }
        if let known = users[name] { return known ?? number }
        var record = passwd()
        let found = Self.lookUp(name) { name, buffer, size in
            var found: UnsafeMutablePointer<passwd>?
            return getpwnam_r(name, &record, buffer, size, &found) == 0 ? found?.pointee.pw_uid : nil
        }
        remember(found, of: name, in: &users)
        return found ?? number
    }

    mutating func group(_ name: [UInt8], else number: UInt32) -> UInt32 {
        guard !name.isEmpty else { return number }
        if let known = groups[name] { return known ?? number }
        var record = Glibc.group()
        let found = Self.lookUp(name) { name, buffer, size in
            var found: UnsafeMutablePointer<Glibc.group>?
            return getgrnam_r(name, &record, buffer, size, &found) == 0 ? found?.pointee.gr_gid : nil
        }
        remember(found, of: name, in: &groups)
        return found ?? number
    }

    /// A data directory has few owners; an archive that has many is asked for each one.
    private func remember(_ id: UInt32?, of name: [UInt8], in known: inout [[UInt8]: UInt32?]) {
        if known.count < 1000 { known[name] = .some(id) }
    }

    private static func lookUp(
        _ name: [UInt8],
        _ ask: (UnsafePointer<CChar>, UnsafeMutablePointer<CChar>, Int) -> UInt32?
    ) -> UInt32? {
        let size = 65_536
        return RawPath(bytes: name).withCString { name in
            withUnsafeTemporaryAllocation(of: CChar.self, capacity: size) { buffer in
                // The allocation has elements, so it has an address.
                ask(name, buffer.baseAddress!, size)
            }
        }
    }
}
