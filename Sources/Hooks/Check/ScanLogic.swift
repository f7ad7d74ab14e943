/// Conditions that hold always or never, with any values.
extension HookScan {
    /// A comparison of a value with a literal.
    private struct Comparison {
        let path: String
        let sign: String
        let value: LuaConstant

        init?(_ expression: LuaExpression) {
            guard case .binary(let sign, let left, let right, _) = expression, let mirrored = Self.mirrored[sign] else {
                return nil
            }
            if let path = TestedPaths.path(of: left), case .constant(let value) = right {
                (self.path, self.sign, self.value) = (path, sign, value)
            } else if let path = TestedPaths.path(of: right), case .constant(let value) = left {
                (self.path, self.sign, self.value) = (path, mirrored, value)
            } else {
                return nil
            }
        }

        private static let mirrored = ["==": "==", "~=": "~=", "<": ">", ">": "<", "<=": ">=", ">=": "<="]
        private static let opposite = ["==": "~=", "~=": "==", "<": ">=", ">": "<=", "<=": ">", ">=": "<"]

        var negated: Comparison { Comparison(path: path, sign: Self.opposite[sign] ?? sign, value: value) }

        private init(path: String, sign: String, value: LuaConstant) {
            (self.path, self.sign, self.value) = (path, sign, value)
        }

        /// Whether no value passes both.
        func excludes(_ other: Comparison) -> Bool {
            guard path == other.path else { return false }
            switch (sign, other.sign) {
            case ("==", "=="): return value != other.value
            case ("==", "~="), ("~=", "=="): return value == other.value
            default: break
            }
            guard case .number(let one) = value, case .number(let two) = other.value else { return false }
            switch (sign, other.sign) {
            case ("<", ">"), ("<", ">="), ("<=", ">"): return one <= two
            case ("<=", ">="): return one < two
            case (">", "<"), (">=", "<"), (">", "<="), (">=", "<="): return other.excludes(self)
            case ("==", _): return !Self.holds(one, other.sign, two)
            case (_, "=="): return !Self.holds(two, sign, one)
            default: return false
            }
        }

        private static func holds(_ value: Double, _ sign: String, _ bound: Double) -> Bool {
            switch sign {
            case "<": value < bound
            case ">": value > bound
            case "<=": value <= bound
            case ">=": value >= bound
            default: true
            }
        }

        var shown: String { "\(path.replacing("\"", with: "")) \(sign) \(value.shown)" }
    }

    /// The parts of a chain of one operator.
    private func parts(_ sign: String, _ expression: LuaExpression) -> [LuaExpression] {
        guard case .binary(sign, let left, let right, _) = expression else { return [expression] }
        return parts(sign, left) + parts(sign, right)
    }

    /// Two comparisons of a chain of `and` that exclude each other, or of `or` of which one always holds.
    func checkChain(_ sign: String, _ left: LuaExpression, _ right: LuaExpression, _ line: Int) {
        let last = Comparison(right)
        guard let last else { return }
        for case let one? in parts(sign, left).map(Comparison.init) {
            if sign == "and", one.excludes(last) {
                note("\(one.shown) and \(last.shown) never hold together: write or", line)
            } else if sign == "or", one.negated.excludes(last.negated) {
                note("\(one.shown) or \(last.shown) always holds: write and", line)
            }
        }
    }

    /// `x and false or y`, which is y in any case.
    func checkChoice(_ left: LuaExpression, _ line: Int) {
        guard case .binary("and", _, .constant(let middle), _) = left, [.none, .bool(false)].contains(middle) else {
            return
        }
        note("\"… and \(middle.shown) or …\" is never \(middle.shown): write if and else", line)
    }

    /// A value compared with itself.
    func checkSelf(_ left: LuaExpression, _ right: LuaExpression, _ line: Int) {
        guard let path = TestedPaths.path(of: left), path == TestedPaths.path(of: right) else { return }
        note("\(path.replacing("\"", with: "")) is compared with itself", line)
    }
}
