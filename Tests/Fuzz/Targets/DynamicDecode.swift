import Protobuf

/// One input: how long the descriptor is (two bytes, little-endian), the descriptor of a file, and the bytes of a message of it, as a
/// client has them that asks a server for its descriptors.
@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    guard count >= 2 else { return -1 }
    let bytes = unsafe [UInt8](UnsafeBufferPointer(start: start + 2, count: count - 2))
    let border = unsafe min(Int(start[0]) | Int(start[1]) << 8, bytes.count)
    guard let file = try? FileDescriptorProto(decoding: [UInt8](bytes[..<border])), let pool = try? DescriptorPool([file]) else { return 0 }
    let message = [UInt8](bytes[border...])
    for proto in file.messageType {
        let name = (file.package.map { $0.isEmpty ? "" : $0 + "." } ?? "") + (proto.name ?? "")
        if let descriptor = pool.message(named: name) {
            check(descriptor, message)
        }
    }
    return 0
}

private func check(_ descriptor: MessageDescriptor, _ bytes: [UInt8]) {
    let message: DynamicMessage
    do throws(DecodeError) {
        message = try DynamicMessage(descriptor, decoding: bytes)
    } catch {
        require((0...bytes.count).contains(error.offset), "the error's offset \(error.offset) lies in the bytes")
        return
    }
    let encoded = message.encoded(deterministic: true)
    let again = succeed("what was encoded can be decoded") { () throws(DecodeError) in try DynamicMessage(descriptor, decoding: encoded) }
    require(again == message, "a message survives encoding")
    require(again.hashValue == message.hashValue, "equal messages have equal hashes")
    require(again.encoded(deterministic: true) == encoded, "deterministic output is stable")
    guard let text = try? message.json() else { return }
    _ = try? DynamicMessage(descriptor, json: text)
}
