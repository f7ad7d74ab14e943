import Foundation
import Lifecycle
import TestSupport
import Testing

@testable import Hooks

@Suite struct `A pipeline of programs` {
    private let scratch: ScratchDirectory

    init() throws { scratch = try ScratchDirectory() }

    private func run(_ body: String) async throws -> (harness: HookHarness, failure: String?) {
        let body = body.replacing("DIR", with: scratch.path)
        let harness = HookHarness("backup.before('flush', function(run) \(body) end)")
        return (harness, try await harness.run().failure?.message)
    }

    @Test func `each program reads what the one before it writes`() async throws {
        let (harness, failure) = try await run(
            """
            local r = run:pipe { { 'cat' }, { 'tr', 'a-z', 'A-Z' }, { 'rev' }, stdin = 'abc' }
            log.info(r.stdout .. ' ' .. #r.stages .. r.stages[2].program .. r.stages[3].status)
            """
        )
        #expect(failure == nil)
        #expect(harness.log.contains("test: CBA 3tr0"))
    }

    @Test func `the output is a file, whole, and larger than what is kept`() async throws {
        let (_, failure) = try await run(
            """
            run:pipe { { 'head', '-c', '20000000', '/dev/zero' }, { 'cat' }, stdout = 'DIR/out' }
            run:exec { 'echo', 'x', stdout = 'DIR/other' }
            """
        )
        #expect(failure == nil)
        let size = try FileManager.default.attributesOfItem(atPath: "\(scratch.path)/out")[.size] as? Int
        #expect(size == 20_000_000)
        #expect(try scratch.names == ["other", "out"])
    }

    @Test(arguments: [
        ("{ 'false' }, { 'cat' }", "stage 1 of 2: false ended with status 1"),
        ("{ 'echo' }, { 'false' }", "stage 2 of 2: false ended with status 1"),
        ("{ 'yes' }, { 'false' }", "stage 2 of 2: false ended with status 1; stage 1 of 2: yes was ended by signal 13"),
        ("{ 'yes' }, { 'nothing-of-this-name' }", "nothing-of-this-name"),
        ("{ 'sleep', '5' }, { 'cat' }, timeout = 0.2", "took longer than 0.2 s"),
        ("{ 'echo', tiemout = 1 }", "unknown field of the stage \"tiemout\""),
    ])
    func `any program that fails is told, and there is no file`(stages: String, message: String) async throws {
        let (_, failure) = try await run("run:pipe { \(stages), stdout = 'DIR/out' }")
        #expect(failure?.contains(message) == true, "\(failure ?? "")")
        #expect(try scratch.names == [])
    }

    @Test func `a status that is allowed is no failure`() async throws {
        #expect(try await run("run:pipe { { 'false', ok = { 1 } }, { 'cat' } }").failure == nil)
    }

    @Test func `a program of exec that fails leaves no file`() async throws {
        let (_, failure) = try await run("run:exec { 'sh', '-c', 'echo half; exit 3', stdout = 'DIR/out' }")
        #expect(failure?.contains("sh ended with status 3") == true)
        #expect(try scratch.names == [])
    }

    @Test(arguments: ["run:exec { 'true', stdout = 'relative' }", "run:pipe { { 'true' }, stdout = 'relative' }"])
    func `a file's path is absolute`(body: String) async throws {
        #expect(try await run(body).failure?.contains("stdout has to be an absolute path, not \"relative\"") == true)
    }
}
