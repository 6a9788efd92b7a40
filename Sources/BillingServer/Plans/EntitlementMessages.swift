internal import BillingAPI
internal import Protobuf

extension Entitlements.Value {
    /// Nil when nothing is granted.
    init?(_ message: BillingAPI.Feature) {
        switch message.grant {
        case .isOn(let isOn): self = .isOn(isOn)
        case .limit(let limit): self = .limit(limit)
        case .isUnlimited: self = .unlimited
        case nil: return nil
        }
    }

    func message(of name: String) -> BillingAPI.Feature {
        .with {
            $0.name = name
            switch self {
            case .isOn(let isOn): $0.grant = .isOn(isOn)
            case .limit(let limit): $0.grant = .limit(limit)
            case .unlimited: $0.grant = .isUnlimited(true)
            }
        }
    }
}
