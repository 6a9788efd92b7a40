/// Messages are equal if they are the same on the wire: if their encodings with sorted map keys have the same bytes.
///
/// So NaN equals itself and 0.0 differs from −0.0, which protobuf tells apart, too. Done here once for all messages: what the compiler
/// would derive for each of them takes longer to compile than everything else that is generated.
extension Message {
    @_semantics("optimize.sil.specialize.generic.never") @inline(never)
    public static func == (first: Self, second: Self) -> Bool {
        first.encoded(deterministic: true) == second.encoded(deterministic: true)
    }

    @_semantics("optimize.sil.specialize.generic.never") @inline(never)
    public func hash(into hasher: inout Hasher) {
        hasher.combine(encoded(deterministic: true))
    }

    @_semantics("optimize.sil.specialize.generic.never") @inline(never)
    public var hashValue: Int {
        encoded(deterministic: true).hashValue
    }
}
