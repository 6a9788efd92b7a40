/// What one call takes of a quota, as its method's policy says.
public struct CallPrice: Sendable, Hashable {
    public let rateClass: MethodPolicy.RateClass
    /// From 1.
    public let units: UInt64

    public init(_ policy: MethodPolicy) {
        rateClass = policy.rateClass
        units = UInt64(max(1, policy.cost))
    }
}

extension Call {
    /// Nil where no policy names one. Made once for each method: asking costs nothing.
    public var price: CallPrice? { route?.price }
}
