import Protobuf
import Testing

@Suite("Strings and bytes in JSON")
struct JSONStringTests {
    @Test("Strings of every length come back, whatever they are made of", arguments: ["a", "é", "漢", "🦀", "\"", "\u{1}", "a\\", "/é\n"])
    func lengths(piece: String) throws {
        for count in 0..<150 {
            let message = Scalars.with { $0.string = String(repeating: piece, count: count) }
            let json = try message.json()
            #expect(try Scalars(json: json) == message, "\(count)")
            #expect(try Scalars(json: json + String(repeating: " ", count: 30)) == message, "\(count)")
            #expect(try Scalars(json: message.jsonBytes()) == message, "\(count)")
        }
    }

    @Test(
        "A message longer than its length's first byte can say keeps its fields",
        arguments: [126, 127, 128, 129, 16_383, 16_384, 300_000])
    func longBlocks(count: Int) throws {
        let inner = Scalars.with { $0.string = String(repeating: "x", count: count) }
        let message = Scalars.with { ($0.nested, $0.int32) = (Scalars.with { ($0.nested, $0.bool) = (inner, true) }, 7) }
        #expect(try Scalars(json: message.json()) == message)
        #expect(try Maps(json: Maps.with { $0.string = ["k": inner] }.json()).string["k"] == inner)
        let numbers = Repeats.with { $0.int32 = [Int32](repeating: 1, count: count) }
        #expect(try Repeats(json: numbers.json()) == numbers)
    }

    @Test("A control character is refused at any place of a string")
    func controlCharacters() {
        for before in 0..<20 {
            for byte in 0..<UInt8(0x20) {
                for after in [0, 20] {
                    var text = [UInt8](#"{"string":""#.utf8) + [UInt8](repeating: 0x61, count: before) + [byte]
                    text += [UInt8](repeating: 0x61, count: after) + [UInt8](#""}"#.utf8)
                    let error = #expect(throws: JSONError.self) { try Scalars(json: text) }
                    #expect(error?.reason == "A control character in a string must be escaped.")
                }
            }
        }
    }

    @Test(
        "Surrogates come in pairs, high before low",
        arguments: [#"\ud800"#, #"\udc00"#, #"\ud800\ud800"#, #"\udc00\ud800"#, #"\ud800x"#, #"\ud800\n"#, #"\ud800\u0041"#, #"\udbff"#])
    func halves(text: String) {
        #expect(throws: JSONError.self) { try Scalars(json: #"{"string":"\#(text)"}"#) }
        #expect(throws: JSONError.self) { try Maps(json: #"{"string":{"\#(text)":{}}}"#) }
        #expect(throws: JSONError.self) { try Scalars(json: #"{"\#(text)":1}"#, options: JSONDecodeOptions(ignoresUnknownFields: true)) }
    }

    @Test("Every pair of surrogates is its character")
    func pairs() throws {
        #expect(try Scalars(json: #"{"string":"\ud800\udc00\uDBFF\uDFFF\uFFFF\u0000"}"#).string == "\u{10000}\u{10FFFF}\u{FFFF}\u{0}")
    }

    static let notUTF8: [([UInt8], Int)] = [
        ([0xFF], 12), ([0xC3], 12), ([0x61, 0xC0, 0x80], 13), ([0xED, 0xA0, 0x80], 12), ([0xC3, 0xA9, 0x80], 13),
        ([0xF4, 0x90, 0x80, 0x80], 12),
    ]

    @Test("Text that is not UTF-8 is refused at its place", arguments: notUTF8)
    func invalidUTF8(bytes: [UInt8], column: Int) throws {
        let text = [UInt8]("\n{\"string\":\"".utf8) + bytes + [UInt8]("\"}".utf8)
        let error = #expect(throws: JSONError.self) { try Scalars(json: text) }
        #expect(error?.description == "line 2, column \(column): The text is not UTF-8.")
        let scalars = try #require(DescriptorPool([Scalars.file]).message(named: Scalars.fullName))
        #expect(throws: JSONError.self) { try JSONTranscoder(scalars).bytes(from: text) }
    }

    @Test("Bytes of every length come back, in either alphabet, padded or not")
    func base64() throws {
        for count in 0..<70 {
            let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 * 67 + 191) }
            let json = try Scalars.with { $0.bytes = bytes }.json()
            let urlSafe = String(json.map { $0 == "+" ? "-" : $0 == "/" ? "_" : $0 })
            for text in [json, urlSafe, json.filter { $0 != "=" }, urlSafe.filter { $0 != "=" }] {
                #expect(try Scalars(json: text).bytes == bytes, "\(text)")
            }
        }
    }

    @Test(
        "What is not base64 is refused",
        arguments: ["A", "AAAAA", "A===", "AA=", "=", "====", "AA==AA==", "AA A", "A*==", "AAé=", "AA=A", "AA==\\n", "\u{7F}AAA"])
    func noBase64(text: String) {
        let error = #expect(throws: JSONError.self) { try Scalars(json: #"{"bytes":"\#(text)"}"#) }
        #expect(error?.reason == "This is not base64.")
    }

    @Test("JSON as bytes is JSON as text")
    func jsonBytes() throws {
        let message = Scalars.with { ($0.string, $0.int32) = ("é\"", 5) }
        #expect(try String(decoding: message.jsonBytes(), as: UTF8.self) == message.json())
        #expect(try Scalars(json: message.jsonBytes()) == message)
        let bytes = try message.jsonBytes()
        #expect(unsafe try Scalars(json: bytes.span.bytes) == message)
        let transcoder = JSONTranscoder(try #require(DescriptorPool([Scalars.file]).message(named: Scalars.fullName)))
        #expect(try transcoder.jsonBytes(from: message.encoded()) == message.jsonBytes())
        #expect(try transcoder.bytes(from: message.jsonBytes()) == message.encoded())
        #expect(throws: JSONError.self) { try Scalars(json: [UInt8]()) }
    }
}
