internal import RPC

/// What a proxy that ends TLS says of its client's certificate: the metadata `x-forwarded-client-cert`, as Envoy writes it.
///
///     By=spiffe://prod.example.com/svc/edge;Hash=9f86d0…;Subject="CN=voice";URI=spiffe://prod.example.com/svc/voice
///
/// There must be exactly one element: with several, those ahead of the last are what the client said itself, and a proxy that is set to append to
/// them (`APPEND_FORWARD`) would let it say anything. Set it to write its own (`SANITIZE_SET`).
struct ForwardedCertificate: Equatable {
    static let name = "x-forwarded-client-cert"

    /// The URIs of its subject alternative name.
    var uris: [String] = []
    /// SHA-256 of it in DER.
    var digest: [UInt8]

    /// Throws UNAUTHENTICATED for anything but one element with a `Hash`.
    init(_ values: [String]) throws(RPCError) {
        guard values.count == 1, let text = values.first else { throw Self.refusal("it must come once") }
        var hashes: [String] = []
        for (key, value) in try Self.pairs(of: text) {
            switch key.lowercased() {
            case "hash": hashes.append(value)
            case "uri": uris.append(value)
            default: break
            }
        }
        guard hashes.count == 1, let digest = Self.bytes(hex: hashes[0]), digest.count == 32 else {
            throw Self.refusal("it must have one Hash, of 64 hexadecimal digits")
        }
        self.digest = digest
    }

    /// The pairs of the one element. A value that holds `,`, `;` or `=` is in double quotes, and a double quote in it behind a backslash.
    private static func pairs(of text: String) throws(RPCError) -> [(key: String, value: String)] {
        var pairs: [(key: String, value: String)] = []
        var rest = Substring(text).utf8[...]
        while true {
            guard let equals = rest.firstIndex(of: UInt8(ascii: "=")) else { throw refusal("it must be of pairs such as Hash=…") }
            let key = rest[..<equals]
            guard !key.isEmpty, key.allSatisfy({ $0 | 0x20 >= UInt8(ascii: "a") && $0 | 0x20 <= UInt8(ascii: "z") }) else {
                throw refusal("a name in it is not of letters")
            }
            rest = rest[rest.index(after: equals)...]
            var value: [UInt8] = []
            if rest.first == UInt8(ascii: "\"") {
                rest = rest.dropFirst()
                while let byte = rest.popFirst(), byte != UInt8(ascii: "\"") {
                    guard byte == UInt8(ascii: "\\") else {
                        value.append(byte)
                        guard !rest.isEmpty else { throw refusal("a quoted value in it does not end") }
                        continue
                    }
                    guard let escaped = rest.popFirst(), !rest.isEmpty else { throw refusal("a quoted value in it does not end") }
                    value.append(escaped)
                }
            } else {
                while let byte = rest.first, byte != UInt8(ascii: ";"), byte != UInt8(ascii: ",") {
                    value.append(byte)
                    rest = rest.dropFirst()
                }
            }
            pairs.append((String(decoding: key, as: UTF8.self), String(decoding: value, as: UTF8.self)))
            guard let separator = rest.popFirst() else { return pairs }
            guard separator == UInt8(ascii: ";") else { throw refusal("it must have one element; the proxy has to be set to SANITIZE_SET") }
            // Envoy ends some elements with it.
            if rest.isEmpty { return pairs }
        }
    }

    private static func bytes(hex: String) -> [UInt8]? {
        let digits = Array(hex.utf8)
        guard digits.count.isMultiple(of: 2) else { return nil }
        var bytes: [UInt8] = []
        for index in stride(from: 0, to: digits.count, by: 2) {
            guard let high = nibble(digits[index]), let low = nibble(digits[index + 1]) else { return nil }
            bytes.append(high << 4 | low)
        }
        return bytes
    }

    private static func nibble(_ digit: UInt8) -> UInt8? {
        switch digit {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): digit - UInt8(ascii: "A") + 10
        default: nil
        }
    }

    private static func refusal(_ why: String) -> RPCError {
        RPCError(reason: .certificateForwardedInvalid, "What the proxy says in \(name) is not understood: \(why).")
    }
}
