import Glibc

/// The names of users and groups, asked once each.
struct OwnerNames {
    private var users: [UInt32: [UInt8]] = [:]
    private var groups: [UInt32: [UInt8]] = [:]

    /// Empty where the user has no name.
    mutating func user(_ id: UInt32) -> [UInt8] {
        if let known = users[id] { return known }
        var record = passwd()
        let name = Self.lookUp { buffer, size in
            var found: UnsafeMutablePointer<passwd>?
            return getpwuid_r(id, &record, buffer, size, &found) == 0 ? found?.pointee.pw_name : nil
        }
        users[id] = name
        return name
    }

    /// Empty where the group has no name.
    mutating func group(_ id: UInt32) -> [UInt8] {
        if let known = groups[id] { return known }
        var record = Glibc.group()
        let name = Self.lookUp { buffer, size in
            var found: UnsafeMutablePointer<Glibc.group>?
            return getgrgid_r(id, &record, buffer, size, &found) == 0 ? found?.pointee.gr_name : nil
        }
        groups[id] = name
        return name
    }

    private static func lookUp(
        _ ask: (UnsafeMutablePointer<CChar>, Int) -> UnsafeMutablePointer<CChar>?
    ) -> [UInt8] {
        let size = 65_536
        return withUnsafeTemporaryAllocation(of: CChar.self, capacity: size) { buffer in
            // The allocation has elements, so it has an address.
            guard let name = ask(buffer.baseAddress!, size) else { return [] }
            return UnsafeBufferPointer(start: name, count: strlen(name)).map { UInt8(bitPattern: $0) }
        }
    }
}
