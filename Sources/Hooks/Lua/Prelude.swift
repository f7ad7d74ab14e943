/// The API's Lua half: the environment of hook files, built on the one function that calls Swift.
///
/// It runs before any hook file, with the whole language; hook files get an environment of their own.
package enum Prelude {
    /// The environment of hook files.
    case hooks
    /// The environment of test files: the language of hooks without `backup`, and the fakes.
    case tests

    private var modules: [[UInt8]] {
        let shared = [PackageResources.views_lua, PackageResources.registration_lua]
        return switch self {
        case .hooks: shared + [PackageResources.run_lua, PackageResources.results_lua]
        case .tests:
            shared + [
                PackageResources.expectations_lua, PackageResources.fakes_lua, PackageResources.machine_lua,
                PackageResources.files_lua, PackageResources.cases_lua,
            ]
        }
    }

    /// Loads it into a new state.
    ///
    /// - Returns: the function through which Swift calls everything else.
    /// - Throws: ``LuaError``.
    package func load(into lua: LuaState) throws -> LuaState.Function? {
        try lua.run(
            String(decoding: PackageResources.environment_lua, as: UTF8.self),
            name: "=lvmbackup",
            passingHost: true,
            [API.asValue, .list(modules.map(LuaValue.string))]
        )
    }
}
