import ArgumentParser
import Glibc
import LVMBackup

/// Asks for the password on the terminal, without echo.
///
/// - Throws: `ValidationError` where there is no terminal, or the input ended.
func promptForPassword() throws -> Secret {
    let terminal = open("/dev/tty", O_RDWR | O_CLOEXEC)
    guard terminal >= 0 else {
        throw ValidationError("there is no terminal to ask for the password; put it into an option file")
    }
    defer { close(terminal) }
    var settings = termios()
    tcgetattr(terminal, &settings)
    var silent = settings
    silent.c_lflag &= ~tcflag_t(ECHO)
    tcsetattr(terminal, TCSAFLUSH, &silent)
    defer { tcsetattr(terminal, TCSAFLUSH, &settings) }
    write("Password: ", to: terminal)
    defer { write("\n", to: terminal) }
    return Secret(try readLine(from: terminal))
}

private func readLine(from descriptor: Int32) throws -> String {
    var bytes: [UInt8] = []
    var byte: UInt8 = 0
    while true {
        let count = read(descriptor, &byte, 1)
        if count < 0, errno == EINTR { continue }
        guard count == 1 else { throw ValidationError("no password was given") }
        if byte == UInt8(ascii: "\n") { return String(decoding: bytes, as: UTF8.self) }
        bytes.append(byte)
    }
}
