import Glibc
import Lifecycle
import TestSupport
import Testing

@testable import Hooks

/// Hook files on the disk: the users that could have changed them, and which of them are hooks.
struct FileTests {
    private let scratch: ScratchDirectory
    private var directory: String { scratch.path }

    init() throws { scratch = try ScratchDirectory() }

    private func write(_ name: String, _ text: String = "backup.before('lock', function() end)", mode: mode_t = 0o600)
        throws
    {
        chmod(try scratch.write(text, to: name), mode)
    }

    private func complaint() -> (kind: Failure.Kind, message: String, advice: String?)? {
        do {
            _ = try HookDirectory.read(directory, isOptional: false)
            return nil
        } catch {
            let failure = Failure(error)
            return (failure.kind, failure.message, failure.advice)
        }
    }

    @Test func `hooks come in the order of their names, other files are warned of`() throws {
        for name in ["20-b.lua", "10-z.lua", "10-a.lua.bak", "notes", "10-z_test.lua"] { try write(name) }
        mkdir("\(directory)/lib", 0o700)
        let read = try HookDirectory.read(directory, isOptional: false)
        #expect(read.files.map(\.fileName) == ["10-z.lua", "20-b.lua"])
        #expect(read.files.map(\.name) == ["z", "b"])
        #expect(read.warnings.count == 2)
    }

    @Test(arguments: [mode_t(0o620), 0o602])
    func `a file that others may write is refused, with the command that repairs it`(mode: mode_t) throws {
        try write("10-a.lua", mode: mode)
        let complaint = try #require(self.complaint())
        #expect(complaint.kind == .unsuitable)
        #expect(complaint.message == "\"\(directory)/10-a.lua\" can be changed by others, and is not run")
        #expect(complaint.advice == "find out which user changed it, then: chmod go-w \(directory)/10-a.lua")
    }

    @Test func `a directory that others may write is refused`() throws {
        try write("10-a.lua")
        chmod(directory, 0o770)
        #expect(complaint()?.message.contains("can be changed by others") == true)
    }

    @Test func `a link is refused`() {
        #expect(symlink("/etc/hostname", "\(directory)/10-a.lua") == 0)
        #expect(complaint()?.message == "\"\(directory)/10-a.lua\" is a symbolic link, and is not run")
        let repair = "cp --remove-destination /etc/hostname \(directory)/10-a.lua"
        #expect(complaint()?.advice == "find out which user changed it, then: \(repair)")
    }

    @Test func `bytecode, a pipe and a second file of the same name are refused`() throws {
        try write("10-a.lua", "\u{1b}LuaS")
        #expect(complaint()?.message.contains("bytecode") == true)
        unlink("\(directory)/10-a.lua")
        mkfifo("\(directory)/10-a.lua", 0o600)
        #expect(complaint()?.message.contains("not a regular file") == true)
        unlink("\(directory)/10-a.lua")
        try write("10-a.lua")
        try write("20-a.lua")
        #expect(complaint()?.message == "two hook files have the name \"a\": 10-a.lua, 20-a.lua")
    }

    @Test func `every file that is no Lua text is told, each with its reason`() throws {
        try write("10-a.lua", "\u{feff}local x = 1")
        try write("20-b.lua", "#!/usr/bin/lua\nlocal x = 1")
        let message = complaint()?.message ?? ""
        #expect(message.contains("10-a.lua\" cannot be used: it begins with a byte order mark"), "\(message)")
        #expect(message.contains("20-b.lua\" cannot be used: it is no program"), "\(message)")
    }

    @Test func `the default directory may be absent`() throws {
        #expect(try HookDirectory.read("/nowhere/hooks.d", isOptional: true).files.isEmpty)
        #expect(throws: (any Error).self) { try HookDirectory.read("/nowhere/hooks.d", isOptional: false) }
    }

    // MARK: Options, order, libraries

    @Test func `options have the form of their default, unknown ones are refused`() async throws {
        var harness = HookHarness(
            """
            local age = backup.option('age', '30s')
            local size = backup.option('size', '10GiB')
            local url = backup.option('url', '')
            backup.before('flush', function(run) log.info(('%g %d %s'):format(age, size, url)) end)
            """
        )
        harness.services.options = ["test": ["age": .text("2m"), "url": .text("http://x")]]
        _ = try await harness.run()
        #expect(harness.log.contains("test: 120 10737418240 http://x"))
        harness.services.options = ["test": ["ege": .text("2m")]]
        #expect(await harness.complaint() == "hook \"test\" has no option \"ege\"")
        harness.services.options = ["tset": [:]]
        #expect(await harness.complaint() == "the configuration has [hooks.tset], and no hook file has that name")
        harness.services.options = ["test": ["age": .text("soon")]]
        #expect(await harness.complaint().contains("[hooks.test] age has to be a time") == true)
    }

    @Test func `the order is that of the names, refined by what the files say`() async throws {
        var harness = HookHarness("backup.before('lock', { runs_after = { 'b' } }, function() end)", name: "10-a.lua")
        harness.files.append(("20-b.lua", "backup.before('lock', { runs_after = { 'gone' } }, function() end)"))
        let hooks = try await harness.load()
        #expect(hooks.registrations.map(\.name) == ["b/before.lock", "a/before.lock"])
        #expect(hooks.warnings == ["20-b.lua:1: runs_after names \"gone\", and there is no such hook file"])
        harness.files[1].text = "backup.before('lock', { runs_after = { 'a' } }, function() end)"
        #expect(await harness.complaint() == "these hook files each run after the next: a, b")
    }

    @Test func `the generated texts have every name of the table`() {
        for field in API.runFields { #expect(Stub.annotations.contains("---@field \(field.name)")) }
        for verb in Verb.allCases { #expect(Stub.luacheck.contains("\"\(verb.rawValue)\"")) }
        for step in StepName.allCases { #expect(ReferencePage.markdown.contains("| \(step.rawValue) |")) }
    }

    @Test(arguments: Verb.allCases)
    func `a new file passes its own check`(verb: Verb) async throws {
        for target in API.targets(verb) {
            let text = HookTemplate(name: "mine", verb: verb, target: target).text
            let hooks = try await HookHarness(text, name: "50-mine.lua").load()
            #expect(hooks.registrations.map(\.name) == ["mine/\(verb.rawValue).\(target)"])
        }
    }
}
