import Building
import Digests
import Testing

@Suite struct DigestsTests {
    @Test func `SHA-256 gives the digests of FIPS 180-4`() {
        #expect(
            SHA256.digest(of: Array("abc".utf8)).hexadecimal
                == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
        #expect(
            SHA256.digest(of: []).hexadecimal == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
    }

    @Test func `HMAC-SHA-256 gives the codes of RFC 4231`() {
        let message = Array("what do ya want for nothing?".utf8)
        let code = HMACSHA256.code(for: message, key: Array("Jefe".utf8))
        #expect(code.hexadecimal == "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843")
        #expect(HMACSHA256.isValid(code, for: message, key: Array("Jefe".utf8)))
        #expect(!HMACSHA256.isValid(code, for: message, key: Array("jefe".utf8)))
        #expect(!HMACSHA256.isValid(Array(code.dropLast()), for: message, key: Array("Jefe".utf8)))
        #expect(!HMACSHA256.isValid(code, for: Array(message.dropLast()), key: Array("Jefe".utf8)))
        // Test case 6: a key that is longer than a block.
        let long = HMACSHA256.code(
            for: Array("Test Using Larger Than Block-Size Key - Hash Key First".utf8),
            key: Array(repeating: 0xaa, count: 131))
        #expect(long.hexadecimal == "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54")
    }

    @Test func `hexadecimal is read as it is written, and nothing else is`() {
        #expect([UInt8](hexadecimal: "00ff7a") == [0x00, 0xff, 0x7a])
        for wrong in ["0", "0g", "FF", "0x", " 0"] { #expect([UInt8](hexadecimal: wrong) == nil, "\(wrong)") }
    }

    @Test func `random bytes are as many as asked for, and others each time`() {
        #expect([UInt8].random(count: 32).count == 32)
        #expect([UInt8].random(count: 32) != [UInt8].random(count: 32))
    }
}
