/// A property of a technology does not hold.
package struct Disagreement: Error, Equatable, CustomStringConvertible {
    package let description: String

    package init(_ description: String) { self.description = description }
}

/// - Throws: ``Disagreement`` with the text where the condition is false.
func require(_ condition: Bool, _ text: @autoclosure () -> String) throws {
    if !condition { throw Disagreement(text()) }
}

/// - Throws: ``Disagreement`` with the text where the value is nil.
func require<Value>(_ value: Value?, _ text: @autoclosure () -> String) throws -> Value {
    guard let value else { throw Disagreement(text()) }
    return value
}
