import BinaryLayout
import Foundation
import Testing

struct EmbeddedImageTests {
    @Test func everyByte() {
        #expect([UInt8](embedded: Data(0...255).base64EncodedString()) == Array(0...255))
    }

    /// RFC 4648, section 10.
    @Test(arguments: [
        ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("fooba", "Zm9vYmE="), ("foobar", "Zm9vYmFy"),
    ]) func testVectors(_ text: String, _ encoded: String) {
        #expect([UInt8](embedded: encoded) == Array(text.utf8))
    }

    /// Each of the 64 characters, with the bits that it stands for.
    @Test func everyCharacter() {
        let bytes: [UInt8] = (0..<48).map { UInt8(truncatingIfNeeded: $0 &* 89 &+ 7) } + [0xfb, 0xef, 0xbe, 0xff, 0xff, 0xff]
        #expect([UInt8](embedded: Data(bytes).base64EncodedString()) == bytes)
    }
}
