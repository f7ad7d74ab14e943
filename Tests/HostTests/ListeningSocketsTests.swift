import Glibc
import Testing

@testable import Host

@Suite struct ListeningSocketsTests {
    /// As Linux 6.1 prints it: two listeners, a connection to one of them, a listener for every address.
    private static let table = """
          sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
           0: 0100007F:0CEA 00000000:0000 0A 00000000:00000000 00:00000000 00000000   110        0 2379495 1 000 100 0
           1: 0100007F:0CEA 0100007F:D3D4 01 00000000:00000000 00:00000000 00000000   999        0 0 3 000
           2: 0A00000A:0CEA 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1001        0 23 1 000 100 0
           3: 00000000:0CEB 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1002        0 24 1 000 100 0
        """
    private static let table6 = """
          sl  local_address                         remote_address                        st tx_queue rx_queue tr tm
           0: 00000000000000000000000001000000:0CEA 00000000000000000000000000000000:0000 0A 0:0 00:0 0  7 0 25 1
           1: 0000000000000000FFFF00000100007F:0CEC 00000000000000000000000000000000:0000 0A 0:0 00:0 0  8 0 26 1
           2: 00000000000000000000000000000000:0CED 00000000000000000000000000000000:0000 0A 0:0 00:0 0  9 0 27 1
        """

    @Test(
        arguments: [
            ([127, 0, 0, 1], 3306, [110]), ([10, 0, 0, 10], 3306, [1001]), ([127, 0, 0, 1], 3307, [1002]),
            ([127, 0, 0, 2], 3306, []), ([127, 0, 0, 1], 3308, [8]), ([127, 0, 0, 1], 3309, [9]),
            ([0, 0, 0, 0], 3306, [7, 110, 1001]), ([UInt8](repeating: 0, count: 15) + [1], 3306, [7]),
        ] as [([UInt8], UInt16, Set<UInt32>)]
    )
    func `the accounts at an address are those whose sockets listen there`(
        address: [UInt8],
        port: UInt16,
        accounts: Set<UInt32>
    ) {
        let address = ListeningSockets.Address(bytes: address)
        let found = [Self.table, Self.table6].flatMap {
            ListeningSockets.accounts(at: address, port: port, table: $0)
        }
        #expect(Set(found) == accounts)
    }

    @Test func `a socket of this process is found by its own address`() throws {
        let socket = Descriptor(owning: Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let found = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                #expect(bind(socket.number, pointer, length) == 0)
                #expect(listen(socket.number, 1) == 0)
                #expect(getsockname(socket.number, pointer, &length) == 0)
                return ListeningSockets.Address(pointer)
            }
        }
        let own = try #require(found)
        #expect(own.isLoopback)
        let accounts = try ListeningSockets.accounts(at: own, port: UInt16(bigEndian: address.sin_port))
        #expect(accounts == [geteuid()])
    }
}
