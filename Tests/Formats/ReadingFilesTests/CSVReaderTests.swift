import Foundation
import ReadingFiles
import Rig
import Testing

@Suite struct CSVReaderTests {
    let folder = TemporaryFolder()

    /// Each record as `line: field|field`, each problem as `line! problem`.
    func read(_ bytes: [UInt8], blockSize: Int = 7) throws -> [String] {
        let path = folder.file("\(UUID()).csv")
        _ = FileManager.default.createFile(atPath: path, contents: Data(bytes))
        let reader = try CSVReader(path: path, blockSize: blockSize)
        var lines = ["1: " + (try reader.readHeader()).joined(separator: "|")]
        while true {
            switch try reader.next() {
            case .record:
                lines.append(
                    "\(reader.line): " + (0..<reader.fieldCount).map { reader.text($0) }.joined(separator: "|"))
            case .problem(let problem): lines.append("\(reader.line)! \(problem)")
            case .end: return lines
            }
        }
    }

    @Test func `reads quotes, doubled quotes, separators and line ends within quotes`() throws {
        let text = "a,b,c\n\"1,5\",\"he said \"\"no\"\"\",\"two\nlines\"\n4,,6\n"
        for size in [1, 2, 3, 7, 4096] {
            #expect(
                try read(Array(text.utf8), blockSize: max(size, 4))
                    == ["1: a|b|c", "2: 1,5|he said \"no\"|two\nlines", "4: 4||6"])
        }
    }

    @Test func `reads a byte order mark, CRLF, CR, empty lines and a last line without an end`() throws {
        let text: [UInt8] = [0xEF, 0xBB, 0xBF] + Array("a;b\r\n1;2\r\n\r\n3;4\r5;6".utf8)
        #expect(try read(text) == ["1: a|b", "2: 1|2", "4: 3|4", "5: 5|6"])
    }

    @Test func `finds out what stands between the fields`() throws {
        #expect(try read(Array("\"x,y\";b\n1;2\n".utf8), blockSize: 64) == ["1: x,y|b", "2: 1|2"])
        #expect(try read(Array("a\tb\n1\t2\n".utf8), blockSize: 64) == ["1: a|b", "2: 1|2"])
    }

    @Test func `tells of a quote that is not closed, and of text behind one, and goes on`() throws {
        #expect(
            try read(Array("a,b\n\"1\"x,2\n3,4\n\"5,6\n7,8\n".utf8), blockSize: 64)
                == [
                    "1: a|b", "2! there is text between a closing quote and the next field", "3: 3|4",
                    "4! a quoted field is not terminated",
                ])
        let long = "a,b\n1,\"" + String(repeating: "x\n", count: CSVReader.longestRecord / 2 + 100) + "\n3,4\n"
        let lines = try read(Array(long.utf8), blockSize: 65_536)
        #expect(lines[1] == "2! a quoted field is not terminated")
        #expect(lines.last?.hasSuffix(": 3|4") == true)
    }

    @Test func `says what a file is that cannot be read`() throws {
        #expect(throws: FileError.self) { try read([0xFF, 0xFE, 0x61, 0x00], blockSize: 64) }
        #expect(throws: FileError.self) { try read([]) }
        #expect(throws: FileError.self) { try CSVReader(path: folder.path) }
        let error = #expect(throws: FileError.self) { try CSVReader(path: "/nowhere.csv") }
        #expect(error?.description.contains("/nowhere.csv cannot be opened") == true)
    }
}
