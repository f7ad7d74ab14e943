import Host
import Lifecycle

extension API {
    /// A limit, and the setting behind it.
    struct Limit: Sendable {
        var name: String
        var value: String
        var option: String
    }

    /// Every limit, made from the constants that the checks use.
    static var limits: [Limit] {
        func mebibytes(_ bytes: Int) -> String { "\(bytes >> 20) MiB" }
        func seconds(_ duration: Duration) -> String { "\(duration.inSeconds.formatted) s" }
        let fixed = "fixed"
        return [
            Limit(name: "the file's own level, when it is loaded", value: seconds(HookState.loadLimit), option: fixed),
            Limit(
                name: "a call of a function",
                value: "\(seconds(.seconds(30))); \(seconds(.seconds(10))) of `on`; see the table of verbs",
                option: "`timeout` of the registration"
            ),
            Limit(
                name: "a call without a limit of time, busy with itself",
                value: seconds(FileThread.silence),
                option: fixed
            ),
            Limit(
                name: "a call while the lock is held",
                value: "the smaller of its timeout and what is left of the lock's time",
                option: "`--max-lock`"
            ),
            Limit(name: "memory of a file's Lua code", value: mebibytes(HookState.memoryLimit), option: fixed),
            Limit(
                name: "values of one call between Lua and the program",
                value: "\(mebibytes(LuaBudget.limit)), \(LuaStack.depthLimit) tables in each other",
                option: fixed
            ),
            Limit(
                name: "standard output of a program that is kept",
                value: mebibytes(Command.outputLimit),
                option: "`stdout` or `on_line` of `run:exec`"
            ),
            Limit(
                name: "a program",
                value: seconds(Command("x").deadline),
                option: "`timeout` of `run:exec`, `run:pipe`"
            ),
            Limit(name: "one attempt of a request", value: "10 s", option: "`timeout` of `run:http`"),
            Limit(name: "a file that `run.fs.read` reads", value: mebibytes(SystemMachine.readLimit), option: fixed),
            Limit(name: "a text that `json.decode` reads", value: mebibytes(JSONValues.longestText), option: fixed),
            Limit(name: "`run.vars`, all of them", value: mebibytes(SharedVariables.sizeLimit), option: fixed),
            Limit(
                name: "hooks that hear of a run's end, all of them",
                value: "the longest `timeout` among them, 10 s at least and 300 s at most",
                option: "`timeout` of the registration"
            ),
        ]
    }
}
