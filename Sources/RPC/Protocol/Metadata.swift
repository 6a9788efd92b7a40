package import HTTP2
internal import Crypto

/// Key-value pairs beside a call's messages: in order, duplicates kept. Keys are lower-case; those that end in `-bin` carry bytes.
///
/// What belongs to the protocol (pseudo-header fields, `te`, `content-type`, `grpc-…`) is not shown, and cannot be set.
public struct Metadata: Sendable {
    package var fields: HTTPFields

    public init() {
        fields = HTTPFields()
    }

    init(_ fields: HTTPFields) {
        self.fields = fields
    }

    public init(_ pairs: [(String, String)]) {
        self.init()
        for (name, value) in pairs { append(name, value) }
    }

    public var isEmpty: Bool {
        (0..<fields.count).allSatisfy { Metadata.isReserved(fields.name(at: $0)) }
    }

    /// As RFC 9113 §6.5.2 counts: name + value + 32 for each field.
    var countedBytes: Int { fields.countedBytes }

    /// The first value of that name, or nil.
    public subscript(_ name: String) -> String? {
        Metadata.isReserved(name) ? nil : fields.first(name)
    }

    /// All values of that name, in order.
    public func values(_ name: String) -> [String] {
        Metadata.isReserved(name) ? [] : fields.values(name)
    }

    /// All values of a `-bin` name, decoded; what is not base64 is left out. One field may carry several, comma-separated.
    public func bytes(_ name: String) -> [[UInt8]] {
        values(name).flatMap { $0.split(separator: ",", omittingEmptySubsequences: false) }
            .compactMap { Base64.decode(String(Metadata.trimmed($0))) }
    }

    /// Every pair that an application may see, in order.
    public var pairs: [(name: String, value: String)] {
        (0..<fields.count).map { (fields.name(at: $0), fields.value(at: $0)) }.filter { !Metadata.isReserved($0.0) }
    }

    /// Adds a pair. The name becomes lower-case, and a value loses the spaces at its ends, which HTTP does not carry. A name that gRPC
    /// does not allow, a reserved one, or a value outside printable ASCII is left out: the call must not fail for a remark beside it.
    public mutating func append(_ name: String, _ value: String) {
        let name = name.lowercased()
        guard Metadata.isName(name), !Metadata.isReserved(name), value.utf8.allSatisfy({ $0 >= 0x20 && $0 <= 0x7E }) else { return }
        fields.append(name: name, value: String(Metadata.trimmed(value[...])))
    }

    /// Adds bytes under a name that ends in `-bin`.
    public mutating func append(_ name: String, bytes: [UInt8]) {
        guard name.hasSuffix("-bin") else { return }
        append(name, Base64.encode(bytes))
    }

    public mutating func append(contentsOf other: Metadata) {
        for (name, value) in other.pairs { append(name, value) }
    }

    /// Throws RESOURCE_EXHAUSTED when these are more than `budget` bytes, as RFC 9113 §6.5.2 counts, and names the largest field.
    func demand(within budget: Int, _ what: String) throws(RPCError) {
        guard fields.countedBytes > budget else { return }
        let largest = pairs.max { $0.name.utf8.count + $0.value.utf8.count < $1.name.utf8.count + $1.value.utf8.count }
        throw RPCError(
            .resourceExhausted,
            "\(what) would have \(fields.countedBytes) bytes, more than the limit of \(budget); the largest field is \(largest?.name ?? "")"
        )
    }

    private static func isName(_ name: String) -> Bool {
        !name.isEmpty
            && name.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "_"), UInt8(ascii: "-"),
                    UInt8(ascii: "."):
                    true
                default: false
                }
            }
    }

    /// HTTP's own among them: a stream with one of these (RFC 9113 §8.2.2), or with a false length, is reset by its receiver.
    private static func isReserved(_ name: String) -> Bool {
        switch name {
        case "te", "content-type", "content-length", "connection", "keep-alive", "proxy-connection", "transfer-encoding", "upgrade": true
        default: name.hasPrefix(":") || name.hasPrefix("grpc-")
        }
    }

    private static func trimmed(_ value: Substring) -> Substring {
        guard value.first == " " || value.last == " " else { return value }
        var value = value.drop { $0 == " " }
        while value.last == " " { value.removeLast() }
        return value
    }
}

extension Metadata: CustomStringConvertible {
    public var description: String { fields.description }
}
