/// libFuzzer's own main: it has no header that Swift can import.
@_silgen_name("LLVMFuzzerRunDriver")
private func runDriver(
    _ count: UnsafeMutablePointer<CInt>,
    _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>>,
    _ callback: @convention(c) (UnsafePointer<UInt8>?, Int) -> CInt
) -> CInt

/// The function that libFuzzer calls for every input; its library requires the name.
@_cdecl("LLVMFuzzerTestOneInput")
func testOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    // A parser that refuses an input has done its work.
    try? Fuzz.target.feed(Array(UnsafeBufferPointer(start: start, count: count)))
    return 0
}

/// Fuzzes the parser that its first argument names; the others are libFuzzer's.
@main
enum Fuzz {
    static let target: Target = {
        let name = CommandLine.arguments.dropFirst().first ?? ""
        guard let target = Target(rawValue: name) else {
            fatalError("usage: Fuzz \(Target.allCases.map(\.rawValue).joined(separator: "|")) ARGUMENT…")
        }
        return target
    }()

    static func main() {
        // The target's name stands where a program's own would.
        var count = CommandLine.argc - 1
        var arguments = CommandLine.unsafeArgv + 1
        _ = runDriver(&count, &arguments, testOneInput)
    }
}
