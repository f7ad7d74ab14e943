import LVMBackup
import Testing

/// Hooks of a run that fails at its first step, which is as far as it gets without a server.
@Suite struct `Programs and questions of Swift hooks` {
    /// The hook's answer or error, as the outcome's failure tells it.
    private func failure(
        _ hook: @escaping @Sendable (Run) async throws -> Verdict
    ) async throws -> Failure {
        var backup = Backup(configuration: Configuration(destination: "/nowhere"))
        backup.before(.preflight, name: "hook", hook)
        return try #require(await backup.run().failure)
    }

    @Test func `a program's output, status and environment are the hook's to read`() async throws {
        let failure = try await failure { run in
            let result = try await run.exec(
                "/bin/sh",
                ["-c", "read line; echo \"$line-$1\"; exit 3", "sh", "b"],
                input: Array("a\n".utf8),
                accepting: [3]
            )
            return .veto("\(result.status) \(result.output)")
        }
        #expect(failure.kind == .vetoed)
        #expect(failure.message == "3 a-b\n")
    }

    @Test(
        arguments: [
            ("exit 4", 0, "status 4"), ("exit 0", 1, "status 0"), ("kill -9 $$", 0, "signal 9"),
            ("echo why >&2; exit 1", 0, "why"), ("head -c 17000000 /dev/zero", 0, "more than 16 MiB"),
        ] as [(String, Int32, String)]
    )
    func `a program that ends in another way throws`(script: String, accepted: Int32, said: String) async throws {
        let failure = try await failure { run in
            try await run.exec("/bin/sh", ["-c", script], accepting: [accepted])
            return .veto("went on")
        }
        #expect(failure.kind == .failed)
        #expect(failure.message.contains(said), "\(failure.message)")
    }

    @Test func `a program that takes too long is ended`() async throws {
        let failure = try await failure { run in
            try await run.exec("/bin/sleep", ["60"], timeout: .milliseconds(50))
            return .veto("went on")
        }
        #expect(failure.message.contains("/bin/sleep 60\" did not end within"), "\(failure.message)")
    }

    @Test(arguments: ["DELETE FROM t", "FLUSH TABLES WITH READ LOCK", "set global x = 1", ""])
    func `a statement that may do more than read is refused`(statement: String) async throws {
        let failure = try await failure { run in
            _ = try await run.sql(statement)
            return .veto("went on")
        }
        #expect(failure.message.contains("only reads"), "\(failure.message)")
        #expect(failure.advice != nil)
    }
}
