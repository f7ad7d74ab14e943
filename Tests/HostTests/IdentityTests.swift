import Glibc
import Testing

@testable import Host

struct IdentityTests {
    let here = Identity(host: "h", machine: "m", boot: "b", pidNamespace: 1, pid: getpid(), startTime: 0)

    @Test func `this process is alive`() throws {
        let me = try Identity.current()
        #expect(try !me.isProvablyDead(seenFrom: me))
    }

    @Test(
        arguments: [
            ("m", "other", 1, true), ("m", "b", 1, true), ("m", "b", 2, false), ("other", "other", 1, false),
            (Identity.unknownMachine, "other", 1, false), (Identity.unknownMachine, "b", 1, true),
            (Identity.unknownMachine, "b", 2, false),
        ] as [(String, String, UInt64, Bool)]
    ) func `death has to be proven`(
        machine: String,
        boot: String,
        namespace: UInt64,
        isDead: Bool
    ) throws {
        var here = here
        if machine == Identity.unknownMachine { here.machine = machine }
        // This process did not start at tick 0: its number is another process's.
        let other = Identity(
            host: "h",
            machine: machine,
            boot: boot,
            pidNamespace: namespace,
            pid: getpid(),
            startTime: 0
        )
        #expect(try other.isProvablyDead(seenFrom: here) == isDead)
    }

    @Test func `a machine's id is derived from the confidential one, which cannot be read from it`() throws {
        let secret = "0123456789abcdef0123456789abcdef"
        let id = try #require(Identity.machineID(derivedFrom: secret))
        #expect(id.count == 16 && id.allSatisfy(\.isHexDigit))
        #expect(!secret.contains(id))
        #expect(Identity.machineID(derivedFrom: secret) == id)
        #expect(Identity.machineID(derivedFrom: "1123456789abcdef0123456789abcdef") != id)
    }

    @Test(arguments: [
        "", "uninitialized", "0123", String(repeating: "0", count: 32), String(repeating: "x", count: 32),
    ])
    func `an image before its first boot has no machine's id`(text: String) {
        #expect(Identity.machineID(derivedFrom: text) == nil)
    }
}
