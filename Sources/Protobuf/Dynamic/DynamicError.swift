/// Why a dynamic message does not take a value.
public struct DynamicError: Error, Sendable, Hashable, CustomStringConvertible {
    public enum Kind: Sendable, Hashable {
        /// The pool has no such type.
        case unknownType
        /// The message has no such field.
        case unknownField
        /// The field is of another type.
        case wrongType
    }

    public let kind: Kind
    public let description: String

    init(_ kind: Kind, _ description: String) {
        self.kind = kind
        self.description = description
    }
}
