/// Four decimal numbers with dots between.
func isIPv4Address(_ text: Span<UInt8>) -> Bool { ipv4Bits(text) != nil }

/// RFC 4291, 2.2, and a zone behind a percent sign (RFC 4007, 11).
func isIPv6Address(_ text: Span<UInt8>) -> Bool { ipv6Bits(text, mayHaveZone: true) != nil }

/// An address, a slash and the length of its prefix; with `isNetwork`, no bit behind the prefix may be set.
func isIPv4Prefix(_ text: Span<UInt8>, isNetwork: Bool) -> Bool {
    guard let slash = text.lastIndex(of: UInt8(ascii: "/")), let bits = ipv4Bits(text.extracting(0..<slash)),
        let length = text.extracting((slash + 1)...).decimal(atMost: 32)
    else { return false }
    return !isNetwork || bits << UInt32(length) == 0 || length == 32
}

func isIPv6Prefix(_ text: Span<UInt8>, isNetwork: Bool) -> Bool {
    guard let slash = text.lastIndex(of: UInt8(ascii: "/")), let bits = ipv6Bits(text.extracting(0..<slash), mayHaveZone: false),
        let length = text.extracting((slash + 1)...).decimal(atMost: 128)
    else { return false }
    return !isNetwork || length == 128 || bits << UInt128(length) == 0
}

func ipv4Bits(_ text: Span<UInt8>) -> UInt32? {
    guard text.count <= 15 else { return nil }
    var bits: UInt32 = 0
    var numbers = 0
    var start = 0
    for index in 0...text.count where index == text.count || text[index] == UInt8(ascii: ".") {
        guard let number = text.extracting(start..<index).decimal(atMost: 255), numbers < 4 else { return nil }
        bits = bits << 8 | UInt32(number)
        numbers += 1
        start = index + 1
    }
    return numbers == 4 ? bits : nil
}

func ipv6Bits(_ text: Span<UInt8>, mayHaveZone: Bool) -> UInt128? {
    if let percent = text.firstIndex(of: UInt8(ascii: "%")) {
        let zone = text.extracting((percent + 1)...)
        guard mayHaveZone, zone.count > 0, zone.all({ $0 != 0 }) else { return nil }
        return ipv6Bits(text.extracting(0..<percent), mayHaveZone: false)
    }
    guard text.count <= 45 else { return nil }
    // The groups before `::` and those behind it.
    var groups: [UInt16] = []
    var gap: Int?
    var index = 0
    while index < text.count {
        if text[index] == UInt8(ascii: ":") {
            let isDouble = index + 1 < text.count && text[index + 1] == UInt8(ascii: ":")
            if isDouble {
                guard gap == nil else { return nil }
                gap = groups.count
                index += 2
                continue
            }
            // A single colon stands between two groups.
            guard index > 0, gap != groups.count, index + 1 < text.count else { return nil }
            index += 1
        }
        var end = index
        while end < text.count, text[end] != UInt8(ascii: ":") { end += 1 }
        let group = text.extracting(index..<end)
        if end == text.count, let low = ipv4Bits(group) {
            groups += [UInt16(low >> 16), UInt16(truncatingIfNeeded: low)]
        } else {
            guard group.count > 0, group.count <= 4, group.all(\.isHexDigit) else { return nil }
            var value: UInt16 = 0
            for position in group.indices { value = value << 4 | UInt16(group[position].hexValue ?? 0) }
            groups.append(value)
        }
        guard groups.count <= 8 else { return nil }
        index = end
    }
    let missing = 8 - groups.count
    guard gap == nil ? missing == 0 : missing > 0 else { return nil }
    if let gap { groups.insert(contentsOf: [UInt16](repeating: 0, count: missing), at: gap) }
    return groups.reduce(UInt128(0)) { $0 << 16 | UInt128($1) }
}
