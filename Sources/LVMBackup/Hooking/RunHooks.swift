import Hooks
package import Lifecycle

/// All that is bound to a run: by a program, and by Lua hook files.
package struct RunHooks: Sendable {
    package var table = HookTable()
    /// How long the hooks that were loaded may take to hear of the end; nil: there are none.
    private(set) var hearingTimeout: Duration?

    package init() {}

    /// Loads the Lua hook files of a directory, and binds them after what is bound already.
    ///
    /// - Parameter directory: nil: the configuration's, or /etc/lvmbackup/hooks.d where that exists.
    /// - Returns: warnings, such as files that are no hooks.
    /// - Throws: `HookError` for a file that cannot be used or that others could have changed: no hook is bound then.
    package mutating func load(_ configuration: Configuration, from directory: String? = nil) async throws -> [String] {
        let loaded = try await HookLoading(configuration: configuration).load(directory)
        loaded.bind(to: &table)
        hearingTimeout = max(hearingTimeout ?? .zero, loaded.hearingTimeout)
        guard configuration.dryRun else { return loaded.warnings }
        return loaded.warnings + HookLoading(configuration: configuration).unreachable(loaded.registrations)
    }

    /// The engine's options for a run of another kind than a backup.
    ///
    /// - Parameter timeout: of the whole run; nil: no limit. That of the configuration is for backups.
    func options(_ kind: RunKind, _ configuration: Configuration, timeout: Duration?) -> EngineOptions {
        var options = EngineOptions()
        options.kind = kind
        options.strictHooks = configuration.strictHooks
        options.timeout = timeout
        if let hearingTimeout { options.hearingTimeout = hearingTimeout }
        return options
    }
}
