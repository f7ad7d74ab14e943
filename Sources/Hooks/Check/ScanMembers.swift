/// A table of functions at a file's own level, or the one that a library returns.
final class ScanMembers {
    /// How messages call it.
    let what: String
    /// Each member; nil: reading does not tell its function.
    let functions: [String: (function: LuaFunction, home: ScanScope)?]
    /// The library that has them; nil: the file itself.
    let library: ScannedLibrary?

    init(
        _ what: String,
        _ functions: [String: (function: LuaFunction, home: ScanScope)?],
        of library: ScannedLibrary? = nil
    ) {
        (self.what, self.functions, self.library) = (what, functions, library)
    }
}

/// A file for `require`, as far as reading tells the table that it returns.
final class ScannedLibrary {
    let file: String
    /// Its mistakes without a caller.
    let found: [HookMistake]
    /// Nil: reading does not tell every member.
    private(set) var functions: [String: (function: LuaFunction, home: ScanScope)?]?

    /// Nil for a text that is no Lua: loading it reports that.
    init?(_ library: HookFile, _ settings: ScanSettings) {
        guard let block = try? LuaParser.parse(library.text) else { return nil }
        var settings = settings
        // Libraries may require each other.
        settings.libraries = []
        let scan = HookScan(file: library.fileName, settings)
        scan.read(block)
        (file, found) = (library.fileName, scan.found)
        guard case .return(let values, _)? = block.last, let value = values.first, let scope = scan.fileScope else {
            return
        }
        switch value {
        case .name(let name, _):
            functions = scan.tables.members[name]?.mapValues { $0.map { (function: $0, home: scope) } }
        case .table(let table) where table.items.allSatisfy({ $0.name != nil }):
            functions = Dictionary(table.items.map { ($0.name ?? "", Self.function($0.value, scope)) }) { $1 }
        default: break
        }
    }

    private static func function(
        _ value: LuaExpression,
        _ scope: ScanScope
    ) -> (function: LuaFunction, home: ScanScope)? {
        switch value {
        case .function(let function): (function, scope)
        case .name(let name, _):
            if case .function(let function, let home)? = scope[name] { (function, home) } else { nil }
        default: nil
        }
    }
}

extension HookScan {
    /// The table that `require` gets; nil: reading does not tell it.
    func required(_ arguments: [LuaExpression]) -> ScanMembers? {
        guard abroad == nil, case .constant(.string(let name))? = arguments.first,
            let file = settings.libraries.first(where: { $0.name == name })
        else { return nil }
        let library = libraries[name] ?? ScannedLibrary(file, settings)
        libraries[name] = library
        return library?.functions.map { ScanMembers(file.fileName, $0, of: library) }
    }

    /// A call of one of the functions.
    func call(
        member name: String,
        of members: ScanMembers,
        _ arguments: [LuaExpression],
        _ site: ScanSite
    ) -> ScanValue {
        let values = arguments.map { used($0, site) }
        checkVerdicts(values, site.line)
        guard let member = members.functions[name] else {
            note("\(members.what) has no \"\(name)\"\(near(name, members.functions.keys.sorted()))", site.line)
            return .unknown
        }
        guard let (function, home) = member else { return .unknown }
        checkRun(of: function, name, arguments, site.line)
        let before = abroad
        defer { abroad = before }
        if let library = members.library { abroad = (library, before?.line ?? site.line) }
        read(function, values.map(\.asArgument), site.inside(home))
        return .unknown
    }

    /// A function that needs the run, and is called without it.
    func checkRun(of function: LuaFunction, _ name: String, _ arguments: [LuaExpression], _ line: Int) {
        guard let place = function.parameters.firstIndex(of: "run"), place >= arguments.count,
            arguments.last?.isOpen != true, !TestedPaths(function.body).paths.contains("run")
        else { return }
        var isUsed = false
        function.body.visit { expression in
            switch expression {
            case .index(.name("run", _), _, _), .method(.name("run", _), _, _, _): isUsed = true
            default: break
            }
        }
        if isUsed { note("\(name)(…) gets no run, and uses it: write \(name)(run)", line) }
    }
}
