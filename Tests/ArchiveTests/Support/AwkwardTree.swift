import Glibc
import TestSupport

/// The members that archive formats and tools trip over.
enum AwkwardTree {
    /// Device nodes and foreign owners take root.
    static let isRoot = geteuid() == 0

    /// Sockets, which no tar holds.
    static let leftOut: Set<String> = ["socket", "lost+found"]

    static func make(in root: String) async throws {
        try await shell(script, in: root)
        try makeSocket(root + "/socket")
    }

    private static let script = #"""
        long=$(printf 'l%.0s' $(seq 200)); deep=$(printf 'd%.0s' $(seq 90))
        mkdir -p plain "$deep/$deep/$deep" modes lost+found
        echo one > plain/file; : > plain/empty; echo "$long" > "plain/$long"
        echo deep > "$deep/$deep/$deep/file"
        echo raw > "$(printf 'raw\377\376name')"
        echo raw > "plain/$(printf 'raw\377')$long"
        echo tab > "$(printf 'tab\tnewline\nquote"back\\slash')"
        echo utf > "Zwölf Boxkämpfer"
        ln plain/file plain/hard; ln plain/file hard-elsewhere
        ln -s file plain/link; ln -s "/nowhere/$long" dangling; ln -s . "plain/$(printf 'link\377')"
        mkfifo fifo
        # Holes: at the start, at the end, in the middle, nothing but; in small files and in those of several frames.
        truncate -s 1M all-hole; truncate -s 30M all-hole-large
        dd if=/dev/urandom of=hole-start bs=64k seek=4 count=1 status=none
        dd if=/dev/urandom of=hole-end bs=64k count=1 status=none; truncate -s 512k hole-end
        dd if=/dev/urandom of=hole-middle bs=64k count=1 status=none
        dd if=/dev/urandom of=hole-middle bs=64k seek=7 count=1 conv=notrunc status=none
        dd if=/dev/urandom of=hole-odd bs=1 seek=100001 count=4097 status=none; truncate -s 300003 hole-odd
        dd if=/dev/urandom of=large bs=1M count=11 status=none; echo tail >> large
        dd if=/dev/urandom of=large-holes bs=1M seek=3 count=7 status=none
        dd if=/dev/urandom of=large-holes bs=4k seek=5000 count=3 conv=notrunc status=none; truncate -s 40000001 large-holes
        dd if=/dev/urandom of=exact bs=4M count=1 status=none; dd if=/dev/urandom of=exact-twice bs=4M count=2 status=none
        echo a > modes/a; chmod 4751 modes/a; echo b > modes/b; chmod 0400 modes/b; chmod 1777 modes
        setfattr -n user.simple -v value plain/file; setfattr -n user.binary -v 0x00ff0a3d00 plain/file
        setfattr -n user.dir -v yes plain
        setfacl -m u:1234:rwx,g:4321:r-x plain/empty; setfacl -d -m u:1234:r-x plain
        touch -d '1969-12-31T23:59:58Z' before-1970; touch -d '2001-02-03T04:05:06.123456789Z' nanoseconds
        touch -d '2300-01-01T00:00:00Z' far
        if [ "$(id -u)" = 0 ]; then
            mknod character c 5 300; mknod block b 7 1
            touch foreign; chown 3000000:2999999 foreign
        fi
        """#

    private static func makeSocket(_ path: String) throws {
        let number = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(number) }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        let status = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(number, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard status == 0 else { throw ToolFailed(command: "bind", output: path) }
    }
}
