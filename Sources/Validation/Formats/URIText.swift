/// URIs and relative references by the grammar of RFC 3986, appendix A.
enum URIText {
    static func isURI(_ text: Span<UInt8>) -> Bool {
        guard let colon = text.firstIndex(of: UInt8(ascii: ":")), isScheme(text.extracting(0..<colon)) else { return false }
        return isRest(text.extracting((colon + 1)...), mayHoldColonFirst: true)
    }

    static func isReference(_ text: Span<UInt8>) -> Bool {
        isURI(text) || isRest(text, mayHoldColonFirst: false)
    }

    /// What stands behind a scheme, or a reference without one: its first segment holds no colon, which would make it a scheme.
    private static func isRest(_ text: Span<UInt8>, mayHoldColonFirst: Bool) -> Bool {
        var rest = text
        if let hash = rest.firstIndex(of: UInt8(ascii: "#")) {
            guard isEncoded(rest.extracting((hash + 1)...), also: "/?") else { return false }
            rest = rest.extracting(0..<hash)
        }
        if let mark = rest.firstIndex(of: UInt8(ascii: "?")) {
            guard isEncoded(rest.extracting((mark + 1)...), also: "/?") else { return false }
            rest = rest.extracting(0..<mark)
        }
        let slash = UInt8(ascii: "/")
        if rest.count >= 2, rest[0] == slash, rest[1] == slash {
            let behind = rest.extracting(2...)
            let end = behind.firstIndex(of: slash) ?? behind.count
            return isAuthority(behind.extracting(0..<end)) && isEncoded(behind.extracting(end...), also: "/")
        }
        if !mayHoldColonFirst {
            let first = rest.extracting(0..<(rest.firstIndex(of: slash) ?? rest.count))
            if first.firstIndex(of: UInt8(ascii: ":")) != nil { return false }
        }
        return isEncoded(rest, also: "/")
    }

    private static func isScheme(_ text: Span<UInt8>) -> Bool {
        text.count > 0 && text[0].isLetter && text.all { $0.isAlphanumeric || "+-.".utf8.contains($0) }
    }

    private static func isAuthority(_ text: Span<UInt8>) -> Bool {
        var rest = text
        if let at = rest.lastIndex(of: UInt8(ascii: "@")) {
            guard isEncoded(rest.extracting(0..<at), also: "", without: "@") else { return false }
            rest = rest.extracting((at + 1)...)
        }
        if rest.count > 0, rest[0] == UInt8(ascii: "[") {
            guard let bracket = rest.lastIndex(of: UInt8(ascii: "]")), isLiteral(rest.extracting(1..<bracket)) else { return false }
            let port = rest.extracting((bracket + 1)...)
            return port.count == 0 || (port[0] == UInt8(ascii: ":") && port.extracting(1...).all(\.isDigit))
        }
        if let colon = rest.lastIndex(of: UInt8(ascii: ":")) {
            guard rest.extracting((colon + 1)...).all(\.isDigit) else { return false }
            rest = rest.extracting(0..<colon)
        }
        return isEncoded(rest, also: "", without: ":@") && isEncodedUTF8(rest)
    }

    /// An IPv6 address, with a zone behind `%25` (RFC 6874), or an address of a version to come.
    private static func isLiteral(_ text: Span<UInt8>) -> Bool {
        if text.count > 0, text[0] | 0x20 == UInt8(ascii: "v") {
            guard let dot = text.firstIndex(of: UInt8(ascii: ".")) else { return false }
            let (version, address) = (text.extracting(1..<dot), text.extracting((dot + 1)...))
            return version.count > 0 && version.all(\.isHexDigit) && address.count > 0
                && address.all { isUnreserved($0) || isSubDelimiter($0) || $0 == UInt8(ascii: ":") }
        }
        guard let percent = text.firstIndex(of: UInt8(ascii: "%")) else { return ipv6Bits(text, mayHaveZone: false) != nil }
        let zone = text.extracting(percent...)
        guard zone.count > 3, zone[1] == UInt8(ascii: "2"), zone[2] == UInt8(ascii: "5") else { return false }
        let name = zone.extracting(3...)
        return isEncoded(name, also: "", without: "!$&'()*+,;=:@") && isEncodedUTF8(name)
            && ipv6Bits(text.extracting(0..<percent), mayHaveZone: false) != nil
    }

    // MARK: Characters

    private static func isUnreserved(_ byte: UInt8) -> Bool { byte.isAlphanumeric || "-._~".utf8.contains(byte) }

    private static func isSubDelimiter(_ byte: UInt8) -> Bool { "!$&'()*+,;=".utf8.contains(byte) }

    /// Characters of a path's segment (`pchar`), percent-encoded ones, and `also`, but none of `without`.
    private static func isEncoded(_ text: Span<UInt8>, also: StaticString, without: StaticString = "") -> Bool {
        var index = 0
        while index < text.count {
            let byte = text[index]
            if byte == UInt8(ascii: "%") {
                guard index + 2 < text.count, text[index + 1].isHexDigit, text[index + 2].isHexDigit else { return false }
                index += 3
                continue
            }
            let isAllowed = isUnreserved(byte) || isSubDelimiter(byte) || byte == UInt8(ascii: ":") || byte == UInt8(ascii: "@")
            guard isAllowed && !holds(without, byte) || holds(also, byte) else { return false }
            index += 1
        }
        return true
    }

    private static func holds(_ set: StaticString, _ byte: UInt8) -> Bool {
        set.description.utf8.contains(byte)
    }

    /// What a host's percent-encoded bytes stand for is UTF-8 (RFC 3986, 3.2.2).
    private static func isEncodedUTF8(_ text: Span<UInt8>) -> Bool {
        var bytes: [UInt8] = []
        var index = 0
        while index < text.count {
            if text[index] == UInt8(ascii: "%"), index + 2 < text.count {
                bytes.append((text[index + 1].hexValue ?? 0) << 4 | (text[index + 2].hexValue ?? 0))
                index += 3
            } else {
                bytes.append(text[index])
                index += 1
            }
        }
        return (try? UTF8Span(validating: bytes.span)) != nil
    }
}
