/// A "valid e-mail address" of the HTML standard: dots may stand anywhere before the `@`, and behind it are labels of a domain.
func isEmailAddress(_ text: Span<UInt8>) -> Bool {
    guard let at = text.firstIndex(of: UInt8(ascii: "@")), at > 0 else { return false }
    let local = text.extracting(0..<at)
    guard local.all({ $0.isAlphanumeric || ".!#$%&'*+/=?^_`{|}~-".utf8.contains($0) }) else { return false }
    return areLabels(text.extracting((at + 1)...))
}

/// Labels of letters, digits and hyphens, at most 253 bytes in all and a dot at the end perhaps, the last label no number: an IPv4
/// address is no name.
func isHostname(_ text: Span<UInt8>) -> Bool {
    guard text.count > 0 else { return false }
    let name = text[text.count - 1] == UInt8(ascii: ".") ? text.extracting(0..<(text.count - 1)) : text
    guard name.count <= 253, areLabels(name) else { return false }
    let lastLabel = name.lastIndex(of: UInt8(ascii: ".")).map { $0 + 1 } ?? 0
    return !name.extracting(lastLabel...).all(\.isDigit)
}

/// `label.label`, each 1 to 63 bytes, no hyphen at either end.
private func areLabels(_ text: Span<UInt8>) -> Bool {
    var start = 0
    for index in 0...text.count where index == text.count || text[index] == UInt8(ascii: ".") {
        let label = text.extracting(start..<index)
        guard label.count > 0, label.count <= 63, label[0].isAlphanumeric, label[label.count - 1].isAlphanumeric,
            label.all({ $0.isAlphanumeric || $0 == UInt8(ascii: "-") })
        else { return false }
        start = index + 1
    }
    return true
}

/// `host:port`, `192.0.2.1:port` or `[2001:db8::1]:port`.
func isHostAndPort(_ text: Span<UInt8>) -> Bool {
    guard let colon = text.lastIndex(of: UInt8(ascii: ":")), text.extracting((colon + 1)...).decimal(atMost: 65_535) != nil
    else { return false }
    let host = text.extracting(0..<colon)
    if host.count >= 2, host[0] == UInt8(ascii: "["), host[host.count - 1] == UInt8(ascii: "]") {
        return isIPv6Address(host.extracting(1..<(host.count - 1)))
    }
    return isHostname(host) || isIPv4Address(host)
}
