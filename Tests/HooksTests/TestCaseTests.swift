import TestSupport
import Testing

@testable import Hooks

/// Which body a case of a test file runs.
@Suite struct `The cases of a test file` {
    @Test func `each case runs its own body, in any order of the cases in the file`() async throws {
        let test = """
            for name in pairs { a = 1, b = 1, c = 1, d = 1, e = 1, f = 1, g = 1 } do
              test('case ' .. name, function() error('body of ' .. name, 0) end)
            end
            """
        for _ in 1...5 {
            let results = try await KitStage().run(test, of: "")
            #expect(Set(results.map(\.name)).count == 7)
            for result in results {
                #expect(result.failure?.message == result.name.replacing("case", with: "body of"))
            }
        }
    }

    @Test func `two cases of one name are refused`() async throws {
        let test = "test('it', function() end)\ntest('it', function() end)"
        let error = await #expect(throws: HookError.self) { try await KitStage().run(test, of: "") }
        #expect(error?.place?.message == "two cases have the name \"it\": give each case a name of its own")
        #expect(error?.place?.line == 2)
    }

    @Test func `a case whose name is another one each time fails`() async throws {
        let results = try await KitStage().run("test(tostring({}), function() end)", of: "")
        #expect(results[0].failure?.message.contains("a case needs the same name each time") == true)
    }
}
