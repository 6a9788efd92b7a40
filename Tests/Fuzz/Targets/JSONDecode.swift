import Protobuf
import StandardTypes
import Torture

/// One input: a byte that says what to decode, a byte that says with which options, and the text.
@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    guard count >= 2 else { return -1 }
    let text = unsafe String(decoding: UnsafeBufferPointer(start: start + 2, count: count - 2), as: UTF8.self)
    let plan = unsafe Plan(bits: start[1])
    switch unsafe start[0] & 7 {
    case 0: plan.check(Scalars.self, text)
    case 1: plan.check(Optionals.self, text)
    case 2: plan.check(Repeats.self, text)
    case 3: plan.check(Maps.self, text)
    case 4: plan.check(Node.self, text)
    case 5, 6: plan.check(WellKnown.self, text)
    default: plan.check(Names.self, text)
    }
    return 0
}

private struct Plan {
    let decoding: JSONDecodeOptions
    let encoding: JSONEncodeOptions

    init(bits: UInt8) {
        decoding = JSONDecodeOptions(ignoresUnknownFields: bits & 1 != 0, depth: bits & 2 != 0 ? 3 : 100)
        encoding = JSONEncodeOptions(
            emitsDefaults: bits & 4 != 0, usesOriginalNames: bits & 8 != 0, writesEnumsAsNumbers: bits & 16 != 0,
            isIndented: bits & 32 != 0)
    }

    func check<M: Message>(_ type: M.Type, _ text: String) {
        let message: M
        do throws(JSONError) {
            message = try M(json: text, options: decoding)
        } catch {
            checkPlace(of: error, in: text)
            return
        }
        let bytes = message.encoded(deterministic: true)
        require(message.unknownFields.isEmpty, "JSON makes no unknown fields")
        let again = succeed("what came from JSON can be decoded") { () throws(DecodeError) in try M(decoding: bytes) }
        require(again.encoded(deterministic: true) == bytes, "what came from JSON survives encoding")
        let written = succeed("what was read as JSON can be written: \(text)") { () throws(JSONError) in try message.json(encoding) }
        let other = succeed("our JSON can be read: \(written)") { () throws(JSONError) in
            try M(json: written, options: JSONDecodeOptions(depth: 1000))
        }
        // All numbers of a NullValue are null in JSON.
        let kept = other.encoded(deterministic: true)
        require(kept == bytes || written.contains("null"), "JSON keeps all: \(text) became \(written)")
        if kept != bytes {
            let last = try? M(json: other.json(encoding), options: JSONDecodeOptions(depth: 1000))
            require(last?.encoded(deterministic: true) == kept, "JSON keeps all but the numbers of null: \(text) became \(written)")
        }
    }

    private func checkPlace(of error: JSONError, in text: String) {
        require(!error.description.isEmpty, "the error says something")
        guard let line = error.line, let column = error.column else { fatalError("does not hold: the error has a place: \(error)") }
        let lines = text.utf8.count { $0 == UInt8(ascii: "\n") } + 1
        require((1...lines).contains(line), "the error's line \(line) is one of \(lines)")
        require((1...text.unicodeScalars.count + 1).contains(column), "the error's column \(column) lies in the text")
    }
}
