extension String: PostgresValue {
    public static var type: PostgresType { .text }

    /// An enumeration of the database has no fixed object id: select it as `status::text`.
    public static func accepts(_ type: PostgresType) -> Bool {
        type == .text || type == .varchar || type == .bpchar || type == .name
    }

    public func encode(into bytes: inout [UInt8]) {
        bytes.append(utf8: self)
    }

    public init?(decoding bytes: RawSpan, as type: PostgresType) {
        guard let text = unsafe bytes.withUnsafeBytes({ unsafe String(validating: $0, as: UTF8.self) }) else { return nil }
        self = text
    }
}

/// JSON text, as a `jsonb` column keeps it; columns of type `json` are read, too.
public struct JSONB: PostgresValue, Hashable {
    public var text: String

    public init(text: String) {
        self.text = text
    }

    public static var type: PostgresType { .jsonb }

    public static func accepts(_ type: PostgresType) -> Bool {
        type == .jsonb || type == .json
    }

    /// The binary form is the text after the version byte 1 (`jsonb_send`).
    public func encode(into bytes: inout [UInt8]) {
        bytes.append(1)
        bytes.append(utf8: text)
    }

    public init?(decoding bytes: RawSpan, as type: PostgresType) {
        if type == .json {
            guard let text = String(decoding: bytes, as: .text) else { return nil }
            self.text = text
            return
        }
        guard bytes.byteCount >= 1, unsafe bytes.unsafeLoad(as: UInt8.self) == 1 else { return nil }
        guard let text = String(decoding: bytes.extracting(1..<bytes.byteCount), as: .text) else { return nil }
        self.text = text
    }
}

extension [UInt8] {
    /// Copies in one piece; as a sequence, a short text costs several times as much.
    fileprivate mutating func append(utf8 text: String) {
        unsafe text.utf8.span.withUnsafeBufferPointer { unsafe append(contentsOf: $0) }
    }
}
