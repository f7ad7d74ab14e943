import Lifecycle

/// The arguments of the functions of `run`.
extension HookScan {
    func given(
        _ function: RunFunction,
        _ arguments: [LuaExpression],
        _ place: ScanPlace,
        _ site: ScanSite
    ) {
        let line = site.line
        let first = arguments.first ?? .constant(.none)
        switch function {
        case .exec, .spawn, .pipe:
            program(function, first, line)
            if case .table(let table) = first { words(function, table, place, site) }
            time(function, first, line, place)
        case .http:
            time(function, first, line, place)
            if case .table(let table) = first {
                check(table, API.httpFields, "request", line)
                request(table, line)
                checkKinds(table, API.httpFields, "request", site)
            }
            if case .constant = first { note("run:http needs a table", line) }
            if case .table(let table) = first, table["body"] != nil, table["json"] != nil {
                note("run:http takes either body or json, not both", line)
            }
        case .undo, .intend:
            if function == .undo { check(first, is: .string, "the name of run:undo", line) }
            if function == .intend, case .function(let function) = first {
                note("run:intend needs exec or sql: data", function.line)
            }
            if function == .intend, case .table(let table) = first, table["exec"] == nil, table["sql"] == nil,
                !table.items.contains(where: \.hasComputedKey)
            {
                note("run:intend needs exec or sql: data", line)
            }
            if let release = arguments.last, arguments.count == function.row.least {
                check(release, is: .release, "release", line)
            }
            if function == .undo { refuseSecret(first, "the name of run:undo", site) }
            if let release = arguments.last {
                refuseSecret(release, "a release", site)
                self.release(release, "release", place, site)
                checkSurvival(of: release, line)
            }
        case .sql:
            check(first, is: .string, "a query", line)
            statement(arguments, line, place)
            checkJoined(first, line)
            if place.verb == .before, place.step == .recover, !place.isRelease {
                doubt("before(\"recover\") asks the live server: after(\"recover\") asks the copy", line)
            }
        case .admin:
            check(first, is: .string, "a statement", line)
            if case .constant(.string(let text)) = first, abroad == nil { administered.append((text, line)) }
        case .secret:
            check(first, is: .string, "the name of a secret", line)
            refuseSecret(first, "the name of a secret", site)
            if case .constant(.string(let name)) = first, name.contains("/") {
                note("a secret has a name, and no path: run:secret(\"\(name.split(separator: "/").last ?? "")\")", line)
            } else if case .constant(.string(let name)) = first {
                noteSecret(named: name, line)
            }
        case .progress:
            check(first, is: .number, "the fraction of run:progress", line)
            refuseSecret(first, "run:progress", site)
            if case .constant(.number(let number)) = first, number < 0 || number > 1 {
                note("run:progress takes a number from 0 to 1", line)
            }
        case .warn:
            check(first, is: .text, "the text of run:warn", line)
            if place.verb == .on, place.target == "warning" {
                doubt("run:warn says nothing in on(\"warning\"), which would be called for it again", line)
            }
        }
        if function == .undo || function == .intend { return }
        for argument in arguments { used(argument, site) }
    }

    /// The words and options of a program, as far as their kinds are known.
    private func words(
        _ function: RunFunction,
        _ table: LuaTable,
        _ place: ScanPlace,
        _ site: ScanSite
    ) {
        checkKinds(table, function.row.argument ?? [], function == .pipe ? "pipeline" : "command", site)
        for (number, word) in table.list.enumerated() where word.literal == nil {
            if case .table(let stage) = word {
                if function == .pipe { words(.exec, stage, place, site) }
                continue
            }
            if function != .pipe {
                let value = value(of: word, site)
                if number == 0, case .constant(let constant) = value { checkProgram(constant, function, table.line) }
                checkWord(word, value, "word \(number + 1) of run:\(function.rawValue)", site.at(table.line))
            }
        }
    }

    /// The program's name in a variable.
    private func checkProgram(_ name: LuaConstant, _ function: RunFunction, _ line: Int) {
        guard case .string(let text) = name, text.contains(" "), !text.hasPrefix("/") else { return }
        note("run:\(function.rawValue): \"\(text)\" is the name of one program: each word is an item", line)
    }

    private static let listOfWords = "a list of words, such as { \"ls\", \"/\" }"

    private func program(_ function: RunFunction, _ command: LuaExpression, _ line: Int) {
        guard case .table(let table) = command else {
            if case .constant(let constant) = command {
                note("run:\(function.rawValue) needs \(Self.listOfWords), not \(constant.shown)", line)
            }
            return
        }
        let fields = function.row.argument ?? []
        check(table, fields, function == .pipe ? "pipeline" : "command", line, takesItems: true)
        guard function == .pipe else { return words(table, "run:\(function.rawValue)") }
        for stage in table.list {
            if case .table(let words) = stage {
                check(words, API.stageFields, "the stage", words.line, takesItems: true)
                self.words(words, "a stage of run:pipe")
            }
            if case .constant(let constant) = stage {
                note("a stage of run:pipe needs \(Self.listOfWords), not \(constant.shown)", line)
            }
        }
    }

    private func words(_ table: LuaTable, _ what: String) {
        for (number, word) in table.list.enumerated() {
            switch word {
            case .table(let inner): note("word \(number + 1) of \(what) has to be a text, not a table", inner.line)
            case .constant(.bool), .constant(.none):
                note("word \(number + 1) of \(what) has to be a text", table.line)
            default: break
            }
        }
        if table.list.isEmpty, !table.items.contains(where: \.hasComputedKey) {
            note("\(what) needs a program first", table.line)
        }
        shellWords(table, what)
        checkPassword(table.list, what, table.line)
        checkCommand(table, what)
    }

    /// A release as a table that is written out: its functions get a run of their own.
    func release(
        _ release: LuaExpression,
        _ what: String,
        _ place: ScanPlace,
        _ site: ScanSite
    ) {
        let line = site.line
        var later = place
        later.isRelease = true
        switch release {
        case .table(let table):
            check(table, API.releaseFields, what, line)
            for item in table.items {
                if case .function(let function) = item.value {
                    readLater(function, later, site)
                } else {
                    _ = value(of: item.value, site)
                }
            }
            if table["exec"] == nil, table["sql"] == nil, table["call"] == nil,
                !table.items.contains(where: \.hasComputedKey)
            {
                note("\(what) needs exec, sql or call: it does nothing", line)
            }
        case .function(let function): readLater(function, later, site)
        default:
            switch value(of: release, site) {
            case .record(_, let what, _) where what.hasPrefix("the result of"):
                note("\(what) is no release: hand over the words, { exec = { … } }", line)
            case .nothing(let name, let line):
                note("\(name) returns nothing, and is called here: hand over the function, without ()", line)
            default: break
            }
        }
    }

    private func statement(_ arguments: [LuaExpression], _ line: Int, _ place: ScanPlace) {
        guard case .constant(.string(let text)) = arguments.first ?? .vararg else { return }
        let isOwn = place.isAnywhere || SQLSession(place.verb, place.step) == .lock
        let word = text.drop { $0.isWhitespace || $0 == "(" }.prefix { $0.isLetter }.lowercased()
        if !isOwn, !place.isRelease, ReadOnlyStatement.refusedWord(of: word) != nil {
            note("run:sql only reads here, and \(word.uppercased()) may do more", line)
        }
        let marks = SQLText.marks(in: text)
        for case .table(let table) in arguments.dropFirst() { note("a table cannot stand in a query", table.line) }
        let given = arguments.dropFirst()
        let isOpen = given.contains { expression in
            switch expression {
            case .vararg, .call, .method: true
            default: false
            }
        }
        if !isOpen, marks != given.count { note("the query has \(marks) ? and \(given.count) values", line) }
    }
}
