/// 8-4-4-4-12 hexadecimal digits, in either case (RFC 9562, 4).
func isUUID(_ text: Span<UInt8>) -> Bool {
    guard text.count == 36 else { return false }
    for index in text.indices {
        let isHyphen = index == 8 || index == 13 || index == 18 || index == 23
        if isHyphen ? text[index] != UInt8(ascii: "-") : !text[index].isHexDigit { return false }
    }
    return true
}

/// 128 bits in Crockford's base 32, which leaves out I, L, O and U: the first of 26 digits is at most 7.
func isULID(_ text: Span<UInt8>) -> Bool {
    text.count == 26 && text[0] >= UInt8(ascii: "0") && text[0] <= UInt8(ascii: "7")
        && text.all { $0.isDigit || ($0.isLetter && !"ILOUilou".utf8.contains($0)) }
}

/// Identifiers with dots between.
func isProtobufName(_ text: Span<UInt8>) -> Bool {
    var startsIdentifier = true
    for index in text.indices {
        let byte = text[index]
        if byte == UInt8(ascii: "."), !startsIdentifier {
            startsIdentifier = true
        } else {
            guard byte.isLetter || byte == UInt8(ascii: "_") || (byte.isDigit && !startsIdentifier) else { return false }
            startsIdentifier = false
        }
    }
    return !startsIdentifier
}

/// A token of RFC 9110, 5.6.2, and a comma, which protovalidate takes; a colon may come first, as in `:path`.
func isHeaderName(_ text: Span<UInt8>) -> Bool {
    let name = text.count > 0 && text[0] == UInt8(ascii: ":") ? text.extracting(1...) : text
    return name.count > 0 && name.all { $0.isAlphanumeric || "!#$%&'*+,-.^_|~`".utf8.contains($0) }
}
