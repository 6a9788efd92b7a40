/// Addresses of pages on LinkedIn. Nothing else may stand in that field: someone will click on it.
enum LinkedInURL {
    static func flaw(in text: String) -> String? {
        let bytes = Array(EmailAddress.normalise(text).utf8)
        // Characters that RFC 3986 leaves out of a URL are read differently by different programs, the backslash above all.
        if !bytes.allSatisfy({ $0 > 0x20 && $0 < 0x7F && !"\"<>\\^`{|}".utf8.contains($0) }) {
            return "It holds a character that a URL may not hold; write it percent-encoded."
        }
        let scheme = Array("https://".utf8)
        guard bytes.starts(with: scheme) else { return "It does not begin with https://." }
        let host = bytes.dropFirst(scheme.count).prefix { !"/?#".utf8.contains($0) }
        let labels = host.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        let isLinkedIn =
            labels.count >= 2
            && labels.suffix(2).elementsEqual([ArraySlice("linkedin".utf8), ArraySlice("com".utf8)])
            && labels.allSatisfy { label in
                !label.isEmpty && label.allSatisfy { (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x2D }
            }
        return isLinkedIn ? nil : "Its host is not linkedin.com or a name under it, written without user and port."
    }
}
