import Foundation
import Testing

extension LabTests {
    /// A thin pool that fills, by its data or its metadata: a full one stops every volume in it.
    @Suite struct PoolSpace {
        private static let slow = ["--compress", "zstd:19", "--threads", "1", "--no-innodb-recovery"]

        @Test(.complete)
        func `a pool whose data space fills ends the run before it is full`() async throws {
            let host = try await Self.host()
            let before = try await Traces.now()
            try await check("lvcreate", "-y", "-V", "8G", "--thinpool", "lab/pool", "-n", "glutton")
            // Less than what refuses a snapshot.
            try await fillData(to: 80)
            let backup = try await meanwhile { try await fillData(to: 96) }
            try await check("lvremove", "-y", "lab/glutton")
            #expect(backup.status == 1, backup.report)
            #expect(backup.said.contains(#"the data of thin pool "lab/pool" is 9"#), backup.report)
            #expect(backup.event("published") == nil, backup.report)
            try await expectNoTraces(since: before)
            try await expectAlive(host)
        }

        @Test(.complete)
        func `one whose metadata space fills ends the run before it is full, and gets no snapshot then`() async throws {
            let host = try await Self.host()
            let before = try await Traces.now()
            try await prepareGlutton()
            try await fillMetadata(to: 65)
            let backup = try await meanwhile { try await fillMetadata(to: 96) }
            let refused = try Backup(await Backup.start([Lab.destination]).wait(limit: .seconds(60)))
            let own = try await Traces.now().volumes.filter { $0.hasPrefix("lab/glutton") }
            try await check(["lvremove", "-y"] + own.sorted())
            #expect(backup.status == 1, backup.report)
            #expect(backup.said.contains(#"the metadata of thin pool "lab/pool" is 9"#), backup.report)
            #expect(backup.event("published") == nil, backup.report)
            #expect(refused.status == 1, refused.report)
            #expect(refused.said.contains("full; from 75 % on no snapshot is made in it: LVM keeps"), refused.report)
            #expect(refused.event("locked") == nil, refused.report)
            try await expectNoTraces(since: before)
            try await expectAlive(host)
        }

        @Test(.complete)
        func `a pool that LVM would enlarge first gets no snapshot`() async throws {
            let host = try await Self.host()
            let before = try await Traces.now()
            try await check("lvcreate", "-y", "-V", "2G", "--thinpool", "lab/pool", "-n", "glutton")
            try await check("dd", "if=/dev/zero", "of=/dev/lab/glutton", "bs=1M", "count=760", "oflag=direct")
            try await check("sed", "-i.lab", #"$a activation/thin_pool_autoextend_threshold=50"#, "/etc/lvm/lvm.conf")
            let own = try await Command(["lvcreate", "-y", "-s", "-n", "own", "lab/mysql"]).wait()
            let answer = try await Command([Lab.command, "--json", Lab.destination]).wait(limit: .seconds(60))
            try await check("mv", "/etc/lvm/lvm.conf.lab", "/etc/lvm/lvm.conf")
            let refused = try Backup(answer)
            try await check("lvremove", "-y", "lab/glutton")
            // The origin of the rule: LVM itself refuses.
            #expect(own.status == 5, own.report)
            #expect(refused.status == 1, refused.report)
            #expect(refused.said.contains("from 50 % on no snapshot is made in it: LVM's setting"), refused.report)
            #expect(refused.event("locked") == nil, refused.report)
            try await expectNoTraces(since: before)
            try await expectAlive(host)
        }

        private static func host() async throws -> DatabaseHost {
            var layout = Layout()
            layout.isThin = true
            let host = try await DatabaseHost.with(layout)
            // A failure here leaves the pool full.
            await DatabaseHost.forget()
            return host
        }

        /// Runs a backup, and `act` as soon as the snapshot is mounted.
        private func meanwhile(_ act: () async throws -> Void) async throws -> Backup {
            let running = try Backup.start(Self.slow + [Lab.destination])
            try await until("the copy is mounted") { running.output.contains(#""mounted""#) || !running.isRunning }
            try await act()
            return try Backup(await running.wait(limit: .seconds(240)))
        }

        /// Another volume of the pool takes what is left.
        private func fillData(to percent: Int) async throws {
            let fill = """
                for piece in $(seq 0 150); do
                    used=$(lvs --noheadings -o data_percent lab/pool)
                    [ "${used%.*}" -lt \(percent) ] || exit 0
                    dd if=/dev/zero of=/dev/lab/glutton bs=1M count=24 seek=$((piece * 24)) oflag=direct status=none
                done
                exit 1
                """
            try await check("bash", "-c", fill)
        }

        /// A volume and copies of it, which share its mappings.
        private func prepareGlutton() async throws {
            let script = """
                lvcreate -q -y -V 512M --thinpool lab/pool -n glutton
                dd if=/dev/zero of=/dev/lab/glutton bs=1M count=512 oflag=direct status=none
                for copy in $(seq 1 24); do lvcreate -q -y -kn -s -n "glutton-$copy" lab/glutton; done
                """
            try await check("bash", "-e", "-c", script)
        }

        /// Each leaf of a copy's mappings becomes its own as soon as one of them changes.
        private func fillMetadata(to percent: Int) async throws {
            let fill = """
                import mmap, os, subprocess, time
                chunk = mmap.mmap(-1, 65536)
                report = ["lvs", "--noheadings", "-o", "metadata_percent", "lab/pool"]
                def is_full(): return float(subprocess.check_output(report)) >= \(percent)
                for piece in range(48):
                    # What a transaction has freed counts until it is committed.
                    if is_full(): time.sleep(3)
                    if is_full(): raise SystemExit(0)
                    copy = os.open(f"/dev/lab/glutton-{piece // 2 + 1}", os.O_WRONLY | os.O_DIRECT)
                    for leaf in range(piece % 2, 82, 2): os.pwrite(copy, chunk, leaf * 100 * 65536)
                    os.close(copy)
                raise SystemExit(1)
                """
            try await check("python3", "-c", fill)
        }
    }
}
