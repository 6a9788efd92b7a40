/// `grpc-message`: UTF-8, percent-encoded outside printable ASCII (gRPC over HTTP/2, Status-Message).
enum StatusMessage {
    private static let hexadecimal = Array("0123456789ABCDEF".utf8)

    static func encode(_ text: String) -> String {
        let kept = whole(text.utf8.prefix(Limits.statusMessageBytes), of: text.utf8)
        var bytes: [UInt8] = []
        bytes.reserveCapacity(kept.count)
        for index in kept.indices {
            let byte = kept[index]
            // A field value must not begin or end with a space (RFC 9113 §8.2.1).
            let isOuter = index == kept.startIndex || kept.index(after: index) == kept.endIndex
            if byte >= 0x20, byte <= 0x7E, byte != UInt8(ascii: "%"), !(isOuter && byte == 0x20) {
                bytes.append(byte)
            } else {
                bytes.append(UInt8(ascii: "%"))
                bytes.append(hexadecimal[Int(byte >> 4)])
                bytes.append(hexadecimal[Int(byte & 15)])
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Without a character that the cut went through.
    private static func whole(_ cut: Substring.UTF8View, of text: String.UTF8View) -> Substring.UTF8View {
        var cut = cut
        if cut.endIndex == text.endIndex { return cut }
        while text[cut.endIndex] & 0xC0 == 0x80 { cut = cut.dropLast() }
        return cut
    }

    /// Never fails: what is not a percent code stays as it is.
    static func decode(_ text: String) -> String {
        let encoded = Array(text.utf8)
        var bytes: [UInt8] = []
        bytes.reserveCapacity(encoded.count)
        var index = 0
        while index < encoded.count {
            if encoded[index] == UInt8(ascii: "%"), index + 2 < encoded.count, let high = digit(encoded[index + 1]),
                let low = digit(encoded[index + 2])
            {
                bytes.append(high << 4 | low)
                index += 3
            } else {
                bytes.append(encoded[index])
                index += 1
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func digit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}
