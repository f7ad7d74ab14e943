import Foundation
import Testing

extension LabTests {
    /// Servers that see other file systems than the host, and servers without their program's file.
    @Suite struct OtherRoots {
        /// How the server comes to be where it is.
        ///
        /// Root starts it, so that its entry in /proc is closed to its user.
        enum Place: String, CaseIterable, Sendable {
            /// In the host's root directory.
            case host
            /// The same, and its program's file is gone, as after an upgrade of its package.
            case upgraded
            case chroot, unshared, nspawn, podman

            /// The words before the server's own.
            var prefix: [String] {
                let root = OtherRoots.root
                return switch self {
                case .host, .upgraded: []
                case .chroot: ["chroot", root]
                case .unshared: ["unshare", "--mount", "--root=\(root)"]
                case .nspawn:
                    [
                        "systemd-nspawn", "--quiet", "--register=no", "--keep-unit", "--as-pid2",
                        "--directory=\(root)", "--bind=/var/lib/mysql",
                    ]
                case .podman:
                    [
                        "podman", "--storage-driver=vfs", "--root=/srv/podman", "--runroot=/run/lab/podman", "run",
                        "--rm", "--network=none", "--cgroups=disabled",
                        "--volume=/var/lib/mysql:/var/lib/mysql", "--rootfs", root,
                    ]
                }
            }

            var hasOwnRoot: Bool { self != .host && self != .upgraded }
            /// The program that makes the place, which a lab may lack.
            var isThere: Bool { prefix.isEmpty || isInstalled(prefix[0]) }
            /// The container mounts the data directory itself.
            var isContainer: Bool { self == .nspawn || self == .podman }

            private func isInstalled(_ name: String) -> Bool {
                ["/usr/bin/", "/usr/sbin/"].contains { FileManager.default.isExecutableFile(atPath: $0 + name) }
            }
        }

        static let root = "/srv/root"
        private static let program = "/usr/local/sbin/lab-server"

        @Test(.complete, arguments: Place.allCases.filter(\.isThere))
        func `a server is locked, and recovered with its own program in its own root`(place: Place) async throws {
            let host = try await DatabaseHost.fresh()
            try await check("\(Lab.tools)/database-host", "stop")
            try await check("install", "-m", "755", "/usr/sbin/mariadbd", Self.program)
            if place.hasOwnRoot { try await makeRoot(place) }
            let socket = place.hasOwnRoot ? "/var/lib/mysql/own.sock" : DatabaseHost.socket
            // A container has a directory /run of its own.
            let files = ["--socket=\(socket)"] + (place.hasOwnRoot ? ["--pid-file=/var/lib/mysql/own.pid"] : [])
            let server = try Command(place.prefix + [Self.program, "--user=mysql"] + files)
            try await until("the server answers", limit: .seconds(120)) {
                try #require(server.isRunning, "\(server.output)\(server.errors)")
                return try await run("mariadb-admin", "--no-defaults", "--socket=\(socket)", "ping").status == 0
            }
            if place == .upgraded { try await check("rm", Self.program) }
            for plan in ["stage", "none"] {
                let backup = try await Backup.run(
                    "--socket",
                    socket,
                    "--lock",
                    plan,
                    "--allow-inconsistent",
                    Lab.destination
                )
                #expect(backup.status == 0, backup.report)
                #expect(backup.event("recovered")?["clean"].bool == true, backup.report)
            }
            try await check("mariadb-admin", "--no-defaults", "--socket=\(socket)", "shutdown")
            _ = await server.wait()
            if place.hasOwnRoot { try await removeRoot(place) }
            try await check("rm", "-f", Self.program)
            await DatabaseHost.forget()
            _ = host
        }

        /// A root directory with the host's programs, and little else.
        private func makeRoot(_ place: Place) async throws {
            let script = """
                set -e; root=$1
                mkdir -p $root/{etc,run/mysqld,tmp,proc,sys,dev,mnt,var/lib/mysql,var/tmp,usr}
                chmod 1777 $root/tmp $root/var/tmp; chown mysql: $root/run/mysqld
                for link in bin sbin lib lib64; do ln -sfn usr/$link $root/$link; done
                cp /etc/passwd /etc/group /etc/nsswitch.conf /etc/ld.so.cache /etc/os-release $root/etc/
                cp -r /etc/mysql /etc/alternatives $root/etc/
                mount --bind /usr $root/usr
                """
            // A container brings devices and mounts of its own, and looks at the control groups.
            let rest = """
                mknod -m 666 $root/dev/null c 1 3; mknod -m 666 $root/dev/urandom c 1 9
                mount --bind /var/lib/mysql $root/var/lib/mysql
                """
            let groups = "mountpoint -q /sys/fs/cgroup || mount -t cgroup2 cgroup2 /sys/fs/cgroup"
            try await check("bash", "-c", script + "\n" + (place.isContainer ? groups : rest), "bash", Self.root)
        }

        private func removeRoot(_ place: Place) async throws {
            if !place.isContainer { try await check("umount", "\(Self.root)/var/lib/mysql") }
            try await check("umount", "\(Self.root)/usr")
            try await check("rm", "-rf", "--one-file-system", Self.root)
        }
    }
}
