internal import CLinux

#if canImport(Glibc)
    import Glibc
#endif

/// Tells which accounts listen for TCP connections in this network namespace, as `/proc/net/tcp` has it (proc(5)).
package enum ListeningSockets {
    /// An address of IPv4 or IPv6.
    package struct Address: Equatable, Sendable {
        /// In the order of the network: 4 or 16 bytes.
        let bytes: [UInt8]

        init(bytes: [UInt8]) { self.bytes = bytes }

        /// - Parameter address: a `struct sockaddr`; nil for one of another family.
        package init?(_ address: UnsafeRawPointer) {
            switch Int32(address.load(as: sockaddr.self).sa_family) {
            case AF_INET:
                bytes = withUnsafeBytes(of: address.load(as: sockaddr_in.self).sin_addr) { Array($0) }
            case AF_INET6:
                let all = withUnsafeBytes(of: address.load(as: sockaddr_in6.self).sin6_addr) { Array($0) }
                bytes = all.starts(with: Self.mapping) ? Array(all[12...]) : all
            default: return nil
            }
        }

        /// As in the tables: words of four bytes in the order of this machine, in hexadecimal digits.
        init?(hexadecimal text: Substring) {
            var bytes: [UInt8] = []
            var rest = text[...]
            while !rest.isEmpty {
                guard let word = UInt32(rest.prefix(8), radix: 16) else { return nil }
                bytes += withUnsafeBytes(of: word) { Array($0) }
                rest = rest.dropFirst(8)
            }
            guard bytes.count == 4 || bytes.count == 16 else { return nil }
            self.bytes = bytes.count == 16 && bytes.starts(with: Self.mapping) ? Array(bytes[12...]) : bytes
        }

        /// Such as "127.0.0.1" or "::1".
        package var text: String {
            var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
            // The buffer has room for every address.
            inet_ntop(bytes.count == 4 ? AF_INET : AF_INET6, bytes, &text, socklen_t(text.count))
            return String(decoding: text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
        }

        /// Whether it stands for every address.
        var isWildcard: Bool { bytes.allSatisfy { $0 == 0 } }

        /// Whether a connection to it, such as to 127.0.0.1, never leaves the machine.
        package var isLoopback: Bool {
            bytes.count == 4 ? bytes[0] == 127 || isWildcard : bytes.dropLast().allSatisfy { $0 == 0 } && bytes[15] < 2
        }

        /// The first bytes of an IPv4 address in an IPv6 one.
        private static let mapping = [UInt8](repeating: 0, count: 10) + [255, 255]
    }

    /// The accounts whose sockets accept connections to an address and port of this machine.
    ///
    /// - Throws: ``HostError``.
    package static func accounts(at address: Address, port: UInt16) throws -> Set<UInt32> {
        // A kernel without IPv6 has no such file.
        let tables: [String] = ["tcp", "tcp6"].map { "/proc/thread-self/net/\($0)" }.filter { access($0, R_OK) == 0 }
        return Set(try tables.flatMap { accounts(at: address, port: port, table: try readText($0)) })
    }

    static func accounts(at address: Address, port: UInt16, table: String) -> [UInt32] {
        table.split(separator: "\n").dropFirst().compactMap { line in
            let fields = line.split(separator: " ")
            // "number: address:port remote-address:port state queues timer retransmits uid …"; state 0A is LISTEN.
            guard fields.count > 7, fields[3] == "0A" else { return nil }
            let place = fields[1].split(separator: ":")
            guard place.count == 2, UInt16(place[1], radix: 16) == port,
                let local = Address(hexadecimal: place[0]),
                local == address || local.isWildcard || address.isWildcard
            else { return nil }
            return UInt32(fields[7])
        }
    }
}
