internal import CLinux

#if canImport(Glibc)
    import Glibc
#endif

/// A child to be started by `linux_spawn`, in Swift's values.
struct Spawn {
    /// A path, or a name that is looked up in `SearchPath.directories`; only a name where `program` is given.
    var executable: String
    /// Executed by descriptor.
    var program: HeldFile?
    var arguments: [String]
    /// Added to `LC_ALL=C` and PATH, or all of it.
    var environment: [String: String] = [:]
    var isEnvironmentComplete = false
    var directory: String?
    /// The child's descriptors, from 0 on.
    var descriptors: [Int32]
    /// The namespace whose original is entered; nil for the caller's.
    var leaving: MountNamespace?
    /// The namespace that is entered; nil for the caller's.
    var entering: NamespaceCopy?
    /// The child stays in the caller's session and process group, which may have the terminal.
    ///
    /// All others lead a session of their own: they have no terminal, and cannot leave their process group.
    var keepsSession = false
    var user: Command.User?
    var niceness: Int32 = 0
    /// No program that the child starts gets more rights, and other processes of its user get no rights over it.
    var isConfined = false

    /// A child that has called exec.
    struct Started {
        var pid: Int32
        /// The child with all that it starts; nil where it is not confined.
        var family: ConfinedFamily?
    }

    /// Starts the child.
    ///
    /// - Throws: ``HostError/commandNotStarted(command:reason:)`` with the call that failed.
    func start() throws -> Started { try start(watchedBy: nil) }

    /// Starts the child once there is a descriptor that becomes readable when it ends; without one it never calls exec.
    ///
    /// - Throws: ``HostError/commandNotStarted(command:reason:)`` with the call that failed.
    func startWatched() throws -> (child: Started, end: Descriptor) {
        var end: Int32 = -1
        let child = try start(watchedBy: &end)
        return (child, Descriptor(owning: end))
    }

    private func start(watchedBy end: UnsafeMutablePointer<Int32>?) throws -> Started {
        var space: Int32 = -1
        let pid = try start(watchedBy: end, userNamespace: &space)
        guard isConfined else { return Started(pid: pid) }
        if space >= 0 { return Started(pid: pid, family: ConfinedFamily(of: Descriptor(owning: space))) }
        return Started(pid: pid, family: entering.map { ConfinedFamily(in: $0.namespace) })
    }

    private func start(
        watchedBy end: UnsafeMutablePointer<Int32>?,
        userNamespace: UnsafeMutablePointer<Int32>
    ) throws -> Int32 {
        let path = try program?.path ?? SearchPath.find(executable)
        var failure = linux_spawn_failure()
        let pid = withCStrings { strings in
            var spawn = linux_spawn()
            spawn.executable = strings.text(path)
            spawn.argv = UnsafePointer(strings.list([executable] + arguments))
            spawn.envp = UnsafePointer(strings.list(environmentWords))
            spawn.directory = directory.map(strings.text)
            spawn.keeps_session = keepsSession
            spawn.program = program?.number ?? -1
            spawn.mount_namespace = entering?.namespace.number ?? leaving?.original.number ?? -1
            spawn.root = entering?.root.number ?? leaving?.originalRoot.number ?? -1
            spawn.pidfd = end
            spawn.niceness = niceness
            spawn.confined = isConfined
            spawn.user_namespace = userNamespace
            // Root has all rights anyway.
            if isConfined, let user, user.uid != 0 {
                spawn.uid_map = Self.ownMap("uid_map").map(strings.text)
                spawn.gid_map = Self.ownMap("gid_map").map(strings.text)
                if spawn.gid_map == nil { spawn.uid_map = nil }
            }
            return strings.start(&spawn, self, &failure)
        }
        guard pid > 0 else {
            if userNamespace.pointee >= 0 { close(userNamespace.pointee) }
            throw error(failure)
        }
        return pid
    }

    /// Every id of this process's user namespace as itself; nil where the kernel has none.
    private static func ownMap(_ name: String) -> String? {
        // Without user namespaces there is no such file.
        guard let text = try? readText("/proc/self/\(name)"), !text.isEmpty else { return nil }
        let lines = text.split(separator: "\n").map { $0.split(whereSeparator: \.isWhitespace) }
        guard lines.allSatisfy({ $0.count == 3 }) else { return nil }
        return lines.map { "\($0[0]) \($0[0]) \($0[2])\n" }.joined()
    }

    private var environmentWords: [String] {
        var all = isEnvironmentComplete ? [:] : ["LC_ALL": "C", "PATH": SearchPath.joined]
        all.merge(environment) { _, new in new }
        return all.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
    }

    private func error(_ failure: linux_spawn_failure) -> HostError {
        let reason = "\(String(cString: failure.call)): \(errorText(failure.error))"
        return .commandNotStarted(command: ([executable] + arguments).joined(separator: " "), reason: reason)
    }
}

/// C strings that live as long as the closure.
private func withCStrings<Result>(_ body: (CStrings) -> Result) -> Result {
    let strings = CStrings()
    defer { strings.free() }
    return body(strings)
}

/// Owns copies of strings for the length of a call.
private final class CStrings {
    private var owned: [UnsafeMutablePointer<CChar>] = []
    private var lists: [UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>] = []

    func text(_ string: String) -> UnsafePointer<CChar> {
        guard let copy = strdup(string) else { fatalError("out of memory") }
        owned.append(copy)
        return UnsafePointer(copy)
    }

    func list(_ strings: [String]) -> UnsafeMutablePointer<UnsafeMutablePointer<CChar>?> {
        let list = UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>.allocate(capacity: strings.count + 1)
        for (index, string) in strings.enumerated() { list[index] = UnsafeMutablePointer(mutating: text(string)) }
        list[strings.count] = nil
        lists.append(list)
        return list
    }

    func start(_ spawn: inout linux_spawn, _ values: Spawn, _ failure: inout linux_spawn_failure) -> Int32 {
        let groups = values.user?.groups ?? []
        return values.descriptors.withUnsafeBufferPointer { descriptors in
            groups.withUnsafeBufferPointer { groups in
                spawn.descriptors = descriptors.baseAddress
                spawn.descriptor_count = Int32(descriptors.count)
                spawn.groups = groups.baseAddress
                spawn.group_count = groups.count
                spawn.change_user = values.user != nil
                spawn.uid = values.user?.uid ?? 0
                spawn.gid = values.user?.gid ?? 0
                return linux_spawn(&spawn, &failure)
            }
        }
    }

    func free() {
        for pointer in owned { Glibc.free(pointer) }
        for list in lists { list.deallocate() }
    }
}
