internal import BillingAPI
internal import Resources

/// Which customers a list has: those that meet all of it.
struct CustomerCriteria: Hashable, Sendable {
    /// The beginning of a name as it is compared.
    private(set) var namePrefix: String?
    /// The beginning of a number in E.164.
    private(set) var phonePrefix: String?
    let tag: String?
    let kind: CustomerKind?
    let hasBalance: Bool?
    let includesClosed: Bool

    /// - Throws: `invalid` for a text in which there is nothing to look for.
    init(_ request: ListCustomersRequest) throws(BillingError) {
        try PlainText.demand(request.text, in: "text")
        try PlainText.demand(request.tag, in: "tag")
        tag = request.tag.isEmpty ? nil : request.tag
        kind = CustomerKind(request.kind)
        hasBalance = request.hasBalance
        includesClosed = request.includeClosed
        guard !request.text.isEmpty else { return }
        let name = NameKey.key(of: request.text)
        namePrefix = name.isEmpty ? nil : name
        phonePrefix = Self.phonePrefix(of: request.text)
        if namePrefix == nil && phonePrefix == nil { throw .invalid("text", "It holds no letter and no digit.") }
    }

    /// Nil when it is not the beginning of a number.
    private static func phonePrefix(of text: String) -> String? {
        if let whole = try? TelephoneNumber(text) { return whole.description }
        var digits: [UInt8] = []
        for byte in text.utf8 where !" -.()".utf8.contains(byte) { digits.append(byte) }
        let isInternational = digits.first == UInt8(ascii: "+")
        let rest = isInternational ? digits[1...] : digits.drop { $0 == UInt8(ascii: "0") }
        guard !rest.isEmpty, rest.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        return (isInternational ? "+" : "+91") + String(decoding: rest, as: UTF8.self)
    }
}
