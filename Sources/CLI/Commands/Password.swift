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
    // Ctrl-C is read as a character, so that the terminal's echo is always put back.
    silent.c_lflag &= ~tcflag_t(ECHO | ISIG)
    tcsetattr(terminal, TCSAFLUSH, &silent)
    defer { tcsetattr(terminal, TCSAFLUSH, &settings) }
    write("Password: ", to: terminal)
    defer { write("\n", to: terminal) }
    return Secret(try readLine(from: terminal))
}

/// The byte of Ctrl-C.
private let interrupt: UInt8 = 3

private func readLine(from descriptor: Int32) throws -> String {
    var bytes: [UInt8] = []
    var byte: UInt8 = 0
    while true {
        let count = read(descriptor, &byte, 1)
        if count < 0, errno == EINTR { continue }
        guard count == 1 else { throw ValidationError("no password was given") }
        if byte == interrupt { throw ValidationError("no password was given") }
        if byte == UInt8(ascii: "\n") { return String(decoding: bytes, as: UTF8.self) }
        bytes.append(byte)
    }
}
