import Glibc
import Host
import Testing

@Suite struct OwnProcessTests {
    @Test func `the home directory is that of the password database, and not HOME`() async {
        await #expect(processExitsWith: .exitCode(40)) {
            setenv("HOME", "/tmp/planted", 1)
            OwnProcess.takeOwnHome()
            let own = getpwuid(geteuid()).map { String(cString: $0.pointee.pw_dir) }
            Glibc.exit(getenv("HOME").map { String(cString: $0) } == own ? 40 : 41)
        }
    }
}
