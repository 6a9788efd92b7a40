/// Why bytes are not a message.
public struct DecodeError: Error, Sendable, Hashable {
    public enum Kind: UInt8, Sendable, Hashable {
        /// The bytes end inside a field.
        case truncated
        /// A varint does not end after ten bytes.
        case varintTooLong
        /// A tag is longer than five bytes, larger than 32 bits, or has field number 0.
        case invalidTag
        /// Wire type 6 or 7, which do not exist.
        case invalidWireType
        /// A group ends that did not begin, or ends with another number than it began with.
        case unmatchedGroup
        /// A string is not UTF-8.
        case invalidUTF8
        /// A packed field's length is no multiple of its element's.
        case unevenPackedLength
        /// Messages are nested deeper than `DecodeLimits.depth`.
        case tooDeep
        /// There are more bytes than `DecodeLimits.totalBytes`.
        case tooManyBytes
        /// There are more elements than `DecodeLimits.elements`.
        case tooManyElements
        /// The elements take more memory than `DecodeLimits.memoryPerWireByte` allows.
        case tooMuchMemory
    }

    public let kind: Kind

    /// The number of the field that was being read, 0 if none was.
    public let fieldNumber: UInt32

    /// Where reading stopped, in bytes from the start of the outermost message.
    public let offset: Int

    init(_ kind: Kind, fieldNumber: UInt32, offset: Int) {
        self.kind = kind
        self.fieldNumber = fieldNumber
        self.offset = offset
    }
}

extension DecodeError: CustomStringConvertible {
    public var description: String {
        let place = fieldNumber == 0 ? "at byte \(offset)" : "in field \(fieldNumber), at byte \(offset)"
        return "The message cannot be decoded: \(reason) (\(place))."
    }

    private var reason: String {
        switch kind {
        case .truncated: "the bytes end in the middle of a field"
        case .varintTooLong: "a variable-length number is longer than ten bytes"
        case .invalidTag: "a field tag is not a valid one"
        case .invalidWireType: "a field has a wire type that does not exist"
        case .unmatchedGroup: "a group's end does not match its start"
        case .invalidUTF8: "a string is not valid UTF-8"
        case .unevenPackedLength: "a packed field's length is no multiple of its element size"
        case .tooDeep: "messages are nested too deeply"
        case .tooManyBytes: "it is larger than the limit"
        case .tooManyElements: "it has more list elements than the limit"
        case .tooMuchMemory: "its elements would take too much memory for its size"
        }
    }
}
