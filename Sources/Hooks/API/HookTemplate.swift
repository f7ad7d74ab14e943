/// A hook file to start from; it passes `hook check` as it is.
public struct HookTemplate: Sendable {
    private let name: String
    private let verb: Verb
    private let target: String

    public init(name: String, verb: Verb, target: String) {
        self.name = name
        self.verb = verb
        self.target = target
    }

    public var text: String {
        """
        backup.require_api(\(API.version))
        -- 50-\(name).lua: [hooks.\(name)] in the configuration sets its options.

        backup.\(verb.rawValue)("\(target)", { desc = "…", timeout = "30s" }, function(\(parameters))
        \(lines.map { "  -- \($0)" }.joined(separator: "\n"))
        end)

        """
    }

    private var parameters: String {
        switch verb {
        case .before, .replace: "run"
        case .after: "run, result"
        case .filter: "run, value"
        case .on: "run, event"
        }
    }

    private var lines: [String] {
        switch verb {
        case .before:
            ["return run:veto(\"why\"), run:defer(\"why\"), run:retry(\"why\", { wait = \"10s\" }), or nothing"]
        case .replace: ["return the step's result, or run:decline(\"why\")"]
        case .after: ["the step has succeeded"]
        case .filter: ["return the changed value; nothing leaves it as it is"]
        case .on: ["log.info(\"heard\")"]
        }
    }
}
