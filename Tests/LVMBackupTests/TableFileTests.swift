import MySQL
import Testing

@testable import LVMBackup

@Suite struct TableFileTests {
    @Test(arguments: [
        ("shop/notes.MYI", ServerProgram.Purpose.myisamCheck, "./shop/notes"),
        ("shop/notes.MAI", .ariaCheck, "./shop/notes.MAI"),
        ("shop/-rf.ibd", .innodbCheck, "./shop/-rf.ibd"),
    ])
    func `a check program gets the file under the name that it takes`(
        path: String,
        purpose: ServerProgram.Purpose,
        argument: String
    ) {
        #expect(TableFile(path: path, purpose: purpose).argument == argument)
    }
}
