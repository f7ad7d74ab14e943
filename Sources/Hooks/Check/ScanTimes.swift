import Host
import Lifecycle

/// The time of programs and requests against the time of the hook that waits for them.
extension HookScan {
    func time(_ function: RunFunction, _ argument: LuaExpression, _ line: Int, _ place: ScanPlace) {
        guard !place.isRelease, !place.isAnywhere, function != .spawn, case .table(let table) = argument else { return }
        if let limit = place.limit, let seconds = table["timeout"]?.seconds, .seconds(seconds) > limit {
            note(
                "run:\(function.rawValue) may take \(seconds.formatted) s, and the hook \(limit.inSeconds.formatted) s: give the hook a longer timeout",
                line
            )
        }
        checkRepetitions(function, table, line, place)
        checkAttempts(function, table, line, place)
        checkLockTime(function, table, line, place)
        checkUsualTime(function, table, line, place)
        guard movesData(function, table), table["timeout"] == nil, !table.items.contains(where: \.hasComputedKey),
            place.verb == .replace, API.usualTimeout(place.verb, place.target) == nil
        else { return }
        let usual = Command("").deadline.inSeconds.formatted
        note("run:\(function.rawValue) ends after \(usual) s: give it a timeout that a whole copy survives", line)
    }

    /// A loop takes the time of its programs one after the other, and `sleep` all of its own.
    private func checkRepetitions(_ function: RunFunction, _ table: LuaTable, _ line: Int, _ place: ScanPlace) {
        guard let limit = place.limit, function != .http else { return }
        let hook = limit.inSeconds.formatted
        if let pause = table.pause, pause * repetitions > limit.inSeconds {
            return note("the pauses take \((pause * repetitions).formatted) s, and the hook has \(hook) s", line)
        }
        guard repetitions > 1, let seconds = table["timeout"]?.seconds, seconds * repetitions > limit.inSeconds,
            .seconds(seconds) <= limit
        else { return }
        doubt(
            "\(repetitions.formatted) calls of run:\(function.rawValue) may take \((seconds * repetitions).formatted) s, and the hook \(hook) s: give the hook a longer timeout",
            line
        )
    }

    /// Several attempts take their time one after the other.
    private func checkAttempts(_ function: RunFunction, _ table: LuaTable, _ line: Int, _ place: ScanPlace) {
        guard function == .http, let limit = place.limit, let retries = table["retries"]?.literal?.number,
            let seconds = table["timeout"].map({ $0.seconds }) ?? 10, seconds * (retries + 1) > limit.inSeconds,
            .seconds(seconds) <= limit
        else { return }
        let all = (seconds * (retries + 1)).formatted
        note(
            "\((retries + 1).formatted) attempts of run:http may take \(all) s, and the hook \(limit.inSeconds.formatted) s: give the hook a longer timeout",
            line
        )
    }

    /// A call under the lock ends with the lock's time, its own timeout notwithstanding.
    private func checkLockTime(_ function: RunFunction, _ table: LuaTable, _ line: Int, _ place: ScanPlace) {
        guard place.isUnderLock, let seconds = table["timeout"]?.seconds, .seconds(seconds) > settings.maxLock else {
            return
        }
        doubt(
            "run:\(function.rawValue) may take \(seconds.formatted) s, and the lock ends after \(settings.maxLock.inSeconds.formatted) s (--max-lock)",
            line
        )
    }

    /// The timeout of a hook under the lock, as it is written out.
    func checkLockTime(_ options: LuaExpression?, _ place: ScanPlace, _ line: Int) {
        guard place.isUnderLock, case .table(let table) = options, let seconds = table["timeout"]?.seconds,
            .seconds(seconds) > settings.maxLock
        else { return }
        doubt(
            "\(place.verb.rawValue)(\"\(place.target)\") is called under the lock, which ends after \(settings.maxLock.inSeconds.formatted) s (--max-lock): a timeout of \(seconds.formatted) s has no effect",
            line
        )
    }

    /// A program without a timeout of its own, in a hook that has time for more than the usual one.
    private func checkUsualTime(_ function: RunFunction, _ table: LuaTable, _ line: Int, _ place: ScanPlace) {
        guard [.exec, .pipe].contains(function), table["timeout"] == nil,
            !table.items.contains(where: \.hasComputedKey), table["reads"]?.literal != .bool(true),
            !movesData(function, table) || place.verb != .replace, !isQuick(table)
        else { return }
        let usual = Command("").deadline
        let isUnlimited = place.verb == .replace && place.step == .archive && place.limit == nil
        let isLonger = place.limit.map { $0 > usual } ?? false
        guard isUnlimited || isLonger else { return }
        let time = place.limit.map { "the hook has \($0.inSeconds.formatted) s" } ?? "the hook has no limit"
        doubt(
            "run:\(function.rawValue) ends after \(usual.inSeconds.formatted) s, and \(time): give it a timeout",
            line
        )
    }

    /// Whether it is a program that takes no time.
    private func isQuick(_ table: LuaTable) -> Bool {
        guard let program = table.list.first?.literal?.text?.split(separator: "/").last else { return false }
        return Self.quick.contains(program)
    }

    private static let quick: Set<Substring> = [
        "chmod", "echo", "install", "ln", "logger", "mkdir", "mount", "mv", "printf", "rmdir", "sleep", "touch",
        "umount",
    ]

    /// Whether it is likely to be the copy itself.
    private func movesData(_ function: RunFunction, _ table: LuaTable) -> Bool {
        function == .pipe || function == .exec && (table["stdout"] != nil || table["on_line"] != nil)
    }

    /// Words by which a shell would do something.
    func shellWords(_ table: LuaTable, _ what: String) {
        for (index, word) in table.list.enumerated() {
            guard case .constant(.string(let text)) = word else { continue }
            if index == 0, text.contains(" "), text.hasPrefix("/") {
                doubt("\(what): \"\(text)\" is the path of one program: each word is an item", table.line)
            } else if index == 0, text.contains(" ") {
                note("\(what): \"\(text)\" is the name of one program: each word is an item", table.line)
            } else if let sign = Self.expansion(of: text, by: table.list) {
                doubt("\(what): there is no shell, and \(sign) in \"\(text)\" stands for itself", table.line)
            } else if index > 0, Self.signs.contains(text), !Self.takesSigns(table.list) {
                note(
                    "\(what): there is no shell, \"\(text)\" is a word of the program: use stdin, stdout, ok or run:pipe",
                    table.line
                )
            }
        }
    }

    /// A part of a word that a shell would expand; nil: there is none, or the program does it by itself.
    private static func expansion(of word: String, by words: [LuaExpression]) -> String? {
        guard case .constant(.string(let program)) = words.first else { return nil }
        let name = program.split(separator: "/").last.map(String.init) ?? program
        if shells.contains(name) || ["zsh", "ssh", "env", "awk", "perl"].contains(name) { return nil }
        if let match = word.firstMatch(of: #/\$\{?[A-Z_][A-Z0-9_]*\}?/#) { return String(match.0) }
        if word.hasPrefix("~/") || word == "~" { return "~" }
        let copiers: Set<String> = ["borg", "find", "rclone", "restic", "rsync", "tar"]
        return word.hasPrefix("/") && word.contains("*") && !copiers.contains(name) ? "*" : nil
    }

    /// Whether the program compares, and takes signs as words.
    private static func takesSigns(_ words: [LuaExpression]) -> Bool {
        guard let name = words.first?.literal?.text?.split(separator: "/").last else { return false }
        return ["[", "awk", "expr", "find", "test"].contains(name)
    }

    private static let signs: Set<String> = ["|", "||", "&", "&&", ">", ">>", "2>", "2>&1", "&>"]
}

extension LuaExpression {
    /// A time that is written out.
    var seconds: Double? {
        switch self {
        case .constant(.number(let number)): number
        case .constant(.string(let text)): Quantity.seconds(text)
        default: nil
        }
    }
}

extension LuaTable {
    /// The seconds of `{ "sleep", "30" }`; nil of other programs.
    fileprivate var pause: Double? {
        guard list.count == 2, list[0].literal?.text?.split(separator: "/").last == "sleep" else { return nil }
        return list[1].literal?.number ?? list[1].literal?.text.flatMap { Double($0) ?? Quantity.seconds($0) }
    }
}
