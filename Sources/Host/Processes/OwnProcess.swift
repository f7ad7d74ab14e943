internal import CLinux

#if canImport(Glibc)
    import Glibc
#endif

/// Acts that concern the calling process as a whole: for a program's `main`, never for a library.
package enum OwnProcess {
    /// Keeps the memory, in which passwords may be, from processes of the same user and from core files.
    ///
    /// - Throws: ``HostError/systemCall(_:on:errno:)``.
    package static func hideMemory() throws {
        guard linux_set_undumpable() == 0 else { throw HostError.last("prctl", "PR_SET_DUMPABLE") }
    }

    /// Lets `~` mean the home directory of the password database, not that of a HOME which was kept from another user.
    package static func takeOwnHome() {
        guard let directory = getpwuid(geteuid())?.pointee.pw_dir else {
            unsetenv("HOME")
            return
        }
        setenv("HOME", directory, 1)
    }
}
