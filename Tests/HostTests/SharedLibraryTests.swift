import Glibc
import Host
import TestSupport
import Testing

@Suite struct SharedLibraryTests {
    @Test func `the library that defines a function is found by its path`() throws {
        let library = try #require(SharedLibrary(defining: "getenv"))
        #expect(library.path.hasSuffix("/libc.so.6"))
    }

    @Test func `a symbol that no library defines has no library`() {
        #expect(SharedLibrary(defining: "no_library_defines_this") == nil)
    }

    @Test func `a directory beside the library is found only where it exists`() throws {
        let scratch = try ScratchDirectory()
        close(try Descriptors.create(scratch.path + "/library.so"))
        mkdir(scratch.path + "/plugin", 0o700)
        var library = try #require(SharedLibrary(defining: "getenv"))
        library.path = scratch.path + "/library.so"
        #expect(library.sibling("plugin") == scratch.path + "/plugin")
        #expect(library.sibling("library.so") == nil)
        #expect(library.sibling("absent") == nil)
    }
}
