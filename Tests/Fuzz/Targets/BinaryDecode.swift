import Protobuf
import StandardTypes
import Torture

/// One input: a byte that says what to decode and how, a byte that says where to cut, and the bytes of the message.
@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    guard count >= 2 else { return -1 }
    let bytes = unsafe [UInt8](UnsafeBufferPointer(start: start + 2, count: count - 2))
    let plan = unsafe Plan(what: start[0], cut: start[1])
    switch plan.type {
    case 0: plan.check(Scalars.self, bytes)
    case 1: plan.check(Optionals.self, bytes)
    case 2: plan.check(Repeats.self, bytes)
    case 3: plan.check(Maps.self, bytes)
    case 4: plan.check(Node.self, bytes)
    case 5: plan.check(WellKnown.self, bytes)
    case 6: plan.check(Names.self, bytes)
    default: plan.check(FileDescriptorProto.self, bytes)
    }
    return 0
}

private struct Plan {
    let type: UInt8
    let isTight: Bool
    let viaJSON: Bool
    let cut: Int?

    init(what: UInt8, cut: UInt8) {
        type = what & 7
        isTight = what & 0x30 == 0x30
        viaJSON = what & 0x40 != 0
        self.cut = what & 0x80 != 0 ? Int(cut) : nil
    }

    /// So tight that inputs of a few bytes meet every limit.
    private static let tight = DecodeLimits(depth: 4, totalBytes: 256, elements: 8, memoryPerWireByte: 1)

    func check<M: Message>(_ type: M.Type, _ bytes: [UInt8]) {
        let message: M
        do throws(DecodeError) {
            message = try M(decoding: bytes, limits: isTight ? Self.tight : .standard)
        } catch {
            require((0...bytes.count).contains(error.offset), "the error's offset \(error.offset) lies in the bytes")
            require(!error.description.isEmpty, "the error says something")
            if !isTight {
                checkDynamicRefuses(type, bytes, error)
            }
            return
        }
        let encoded = message.encoded(deterministic: true)
        let again = succeed("what was encoded can be decoded") { () throws(DecodeError) in try M(decoding: encoded) }
        require(again.encoded(deterministic: true) == encoded, "deterministic output is stable")
        let free = message.encoded(reserving: 5)
        require(free.count == encoded.count + 5, "every order of map entries has the same length")
        let other = succeed("undetermined output can be decoded") { () throws(DecodeError) in try M(decoding: [UInt8](free[5...])) }
        require(other.encoded(deterministic: true) == encoded, "the order of map entries does not matter")
        // Not with a NaN in them: two that were read apart show it, while a message always equals itself (its arrays do).
        if again == other {
            require(message == again, "a message survives encoding")
            require(message.hashValue == again.hashValue, "equal messages have equal hashes")
        }
        if let cut, cut <= bytes.count {
            checkMerge(type, [UInt8](bytes[..<cut]), [UInt8](bytes[cut...]))
        }
        checkDynamic(type, bytes, encoded)
        if viaJSON {
            checkJSON(message)
        }
    }

    // MARK: The same by its descriptor

    private func checkDynamic<M: Message>(_ type: M.Type, _ bytes: [UInt8], _ encoded: [UInt8]) {
        let descriptor = Types.descriptor(of: type)
        let message = succeed("DynamicMessage takes what the generated type takes") { () throws(DecodeError) in
            try DynamicMessage(descriptor, decoding: bytes)
        }
        require(message.encoded(deterministic: true) == encoded, "DynamicMessage and the generated type give the same bytes")
    }

    private func checkDynamicRefuses<M: Message>(_ type: M.Type, _ bytes: [UInt8], _ expected: DecodeError) {
        do throws(DecodeError) {
            _ = try DynamicMessage(Types.descriptor(of: type), decoding: bytes)
        } catch {
            require(error == expected, "DynamicMessage refuses it as the generated type does: \(error), not \(expected)")
            return
        }
        fatalError("does not hold: DynamicMessage refuses what the generated type refuses: \(expected)")
    }

    /// Messages one after the other are the messages merged.
    private func checkMerge<M: Message>(_ type: M.Type, _ first: [UInt8], _ second: [UInt8]) {
        guard var merged = try? M(decoding: first), (try? M(decoding: second)) != nil else { return }
        succeed("what can be decoded can be merged") { () throws(DecodeError) in unsafe try merged.merge(second.span.bytes) }
        let whole = succeed("messages one after the other are one") { () throws(DecodeError) in try M(decoding: first + second) }
        require(whole.encoded(deterministic: true) == merged.encoded(deterministic: true), "bytes in a row merge")
    }

    /// JSON has no unknown fields, so the texts are compared. It has one null for all numbers that a NullValue can hold.
    private func checkJSON<M: Message>(_ message: M) {
        guard let text = try? message.json() else { return }
        let options = JSONDecodeOptions(depth: 1000)
        let again = succeed("our JSON can be read: \(text)") { () throws(JSONError) in try M(json: text, options: options) }
        let other = succeed("what was JSON can be JSON") { () throws(JSONError) in try again.json() }
        require(text == other || text.contains("null"), "JSON is stable: \(text) became \(other)")
        let last = succeed("our JSON can be read: \(other)") { () throws(JSONError) in try M(json: other, options: options) }
        require(last.encoded(deterministic: true) == again.encoded(deterministic: true), "JSON keeps all: \(other)")
    }
}

private enum Types {
    private static let pool = succeed("the embedded descriptors make a pool") { () throws(DescriptorError) in
        try DescriptorPool([Scalars.file, FileDescriptorProto.file])
    }
    private static let table = Dictionary(
        uniqueKeysWithValues: [
            Scalars.fullName, Optionals.fullName, Repeats.fullName, Maps.fullName, Node.fullName, WellKnown.fullName, Names.fullName,
            FileDescriptorProto.fullName,
        ].map { ($0, pool.message(named: $0)) })

    static func descriptor<M: Message>(of type: M.Type) -> MessageDescriptor {
        guard let descriptor = table[M.fullName] ?? nil else { fatalError("the pool has no \(M.fullName)") }
        return descriptor
    }
}
