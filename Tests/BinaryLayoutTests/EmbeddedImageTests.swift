import BinaryLayout
import Testing

struct EmbeddedImageTests {
    @Test func everyByteInDigits() {
        let digits = Array("0123456789abcdef")
        let text = digits.flatMap { high in digits.map { low in "\(high)\(low)" } }.joined()
        #expect([UInt8](embedded: text) == Array(0...255))
        #expect([UInt8](embedded: "").isEmpty)
    }
}
