/// Where a sealed value stands. It opens there only: one that was moved to another row fails.
public struct SealedPlace: Sendable, Hashable {
    /// `PlatformTenant.name` for what belongs to no tenant.
    public var tenant: String
    /// What it is, by the table and column that hold it: `signing_key.private_key`.
    public var kind: String
    /// The row's key.
    public var id: String

    public init(tenant: String, kind: String, id: String) {
        self.tenant = tenant
        self.kind = kind
        self.id = id
    }

    /// No two places have the same bytes: each part follows its length.
    func context(_ use: StaticString, keyID: String? = nil) -> [UInt8] {
        var bytes: [UInt8] = []
        for part in [use.description, tenant, kind, id] + (keyID.map { [$0] } ?? []) {
            let text = Array(part.utf8)
            bytes += withLength(of: text)
        }
        return bytes
    }

    private func withLength(of text: [UInt8]) -> [UInt8] {
        let count = UInt64(text.count)
        return (0..<8).map { UInt8(truncatingIfNeeded: count >> (56 - 8 * $0)) } + text
    }
}

extension SealedPlace: CustomStringConvertible {
    public var description: String { "\(kind) \(id) of \(tenant)" }
}
