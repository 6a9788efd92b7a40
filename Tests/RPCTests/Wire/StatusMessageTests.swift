import TestSupport
import Testing

@testable import RPC

@Suite("grpc-message") struct StatusMessageTests {
    @Test(
        "everything outside printable ASCII, and the percent sign, is percent-encoded",
        arguments: [
            ("plain text", "plain text"), ("100%", "100%25"), ("a\nb", "a%0Ab"), ("grüß", "gr%C3%BC%C3%9F"), ("\u{7f}", "%7F"), ("", ""),
            ("😀", "%F0%9F%98%80"), ("~!", "~!"),
        ])
    func encoded(text: String, wire: String) {
        #expect(StatusMessage.encode(text) == wire)
        #expect(StatusMessage.decode(wire) == text)
    }

    @Test("spaces at its ends are encoded: a field value must not begin or end with one (RFC 9113, 8.2.1)")
    func spacesAtTheEnds() {
        #expect(StatusMessage.encode(" a b ") == "%20a b%20")
        #expect(StatusMessage.encode(" ") == "%20")
        #expect(StatusMessage.encode("  ") == "%20%20")
        #expect(StatusMessage.decode("%20a b%20") == " a b ")
    }

    @Test(
        "what is no percent code stays as it is",
        arguments: [
            ("%", "%"), ("%%", "%%"), ("%4", "%4"), ("%zz", "%zz"), ("%4g", "%4g"), ("a%2", "a%2"), ("%c3%bc", "ü"), ("%%41", "%A"),
        ])
    func lenient(wire: String, text: String) {
        #expect(StatusMessage.decode(wire) == text)
    }

    @Test("bytes that are no UTF-8 are replaced, not refused")
    func invalidUTF8() {
        #expect(StatusMessage.decode("a%FFb") == "a\u{fffd}b")
        #expect(StatusMessage.decode("%C3") == "\u{fffd}")
    }

    @Test("a long message is cut between two characters", arguments: ["a", "ü", "€", "😀"])
    func long(character: String) {
        let text = "x" + String(repeating: character, count: 5_000)
        let back = StatusMessage.decode(StatusMessage.encode(text))
        #expect(text.hasPrefix(back))
        #expect(back.utf8.count <= Limits.statusMessageBytes)
        #expect(back.utf8.count > Limits.statusMessageBytes - 4)
    }

    @Test("any bytes decode to something, and any text survives", arguments: [UInt64(3), 4])
    func random(seed: UInt64) {
        print("seed \(seed)")
        var random = SeededRandom(seed: seed)
        let alphabet = Array("%0123456789abcdefABCDEFxyz ü\u{0}\u{ff}")
        for _ in 0..<3_000 {
            let text = String((0..<Int.random(in: 0...20, using: &random)).map { _ in alphabet.randomElement(using: &random) ?? "%" })
            _ = StatusMessage.decode(text)
            let wire = StatusMessage.encode(text)
            #expect(StatusMessage.decode(wire) == text)
            #expect(wire.utf8.allSatisfy { $0 >= 0x20 && $0 <= 0x7e })
        }
    }
}
