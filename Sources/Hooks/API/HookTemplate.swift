import Lifecycle

/// A hook file to start from; it passes `hook check` as it is.
package struct HookTemplate: Sendable {
    private let name: String
    private let verb: Verb
    private let target: String

    package init(name: String, verb: Verb, target: String) {
        self.name = name
        self.verb = verb
        self.target = target
    }

    package var text: String {
        """
        backup.require_api(\(API.version))
        -- 50-\(name).lua: [hooks.\(name)] in the configuration sets its options.

        backup.\(verb.rawValue)("\(target)", { desc = "…", timeout = "\(timeout)" }, function(\(API.parameters(verb, target)))
        \(lines.map { "  \($0)" }.joined(separator: "\n"))
        end)

        """
    }

    /// Steps that move data take as long as there is data.
    private var timeout: String {
        API.usualTimeout(verb, target).map { "\($0.inSeconds.formatted)s" } ?? "12h"
    }

    private var lines: [String] {
        switch verb {
        // Under the lock a retry is refused.
        case .before where target == StepName.snapshot.rawValue:
            ["-- return run:veto(\"why\"), run:defer(\"why\"), or nothing"]
        case .before:
            ["-- return run:veto(\"why\"), run:defer(\"why\"), run:retry(\"why\", { wait = \"10s\" }), or nothing"]
        case .replace: ["-- return the step's result", "return run:decline(\"nothing is done here yet\")"]
        case .after: ["-- the step has succeeded"]
        case .filter: ["-- return the changed value, or run:unchanged()", "return value"]
        case .on: ["-- log.info(\"heard\")"]
        }
    }
}
