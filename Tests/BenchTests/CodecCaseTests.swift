import CodecBench
import Testing

@Suite("What the codec benchmark measures")
struct CodecCaseTests {
    @Test("Two messages go to bytes and JSON and back, by generated code and by descriptor")
    func names() {
        let generated = ["encode", "encode-reused", "decode", "json-encode", "json-decode"]
        let dynamic = ["encode", "decode", "json-encode", "json-decode"].map { "dynamic-\($0)" }
        let names = ["invoice", "tiny"].flatMap { message in (generated + dynamic).map { "\(message)-\($0)" } }
        #expect(CodecCase.all.map(\.name) == names)
    }

    @Test("Every case gives back what went in", arguments: CodecCase.all.map(\.name))
    func check(name: String) throws {
        let one = try #require(CodecCase.named(name))
        #expect(try one.check())
        try one.run(3)
    }

    @Test("The messages are as large as the table says")
    func sizes() {
        #expect(CodecCase.bytes(of: "invoice")?.count == 1_615)
        #expect(CodecCase.bytes(of: "tiny")?.count == 29)
        #expect(CodecCase.bytes(of: "none") == nil)
    }
}
