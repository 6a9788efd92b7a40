internal import Glibc

/// Numeric IPv4 and IPv6 addresses, without port and without zone.
enum IPAddress {
    static func flaw(in text: String) -> String? {
        // A NUL would end the text early for the C function.
        let isAddress =
            !text.utf8.contains(0) && text.utf8.count <= Int(INET6_ADDRSTRLEN) && (parses(text, AF_INET) || parses(text, AF_INET6))
        return isAddress ? nil : "It is no IPv4 or IPv6 address."
    }

    private static func parses(_ text: String, _ family: Int32) -> Bool {
        var address = in6_addr()
        return unsafe inet_pton(family, text, &address) == 1
    }
}
