/// How a message becomes JSON.
public struct JSONEncodeOptions: Sendable, Hashable {
    /// Write fields without presence even where they are at their default.
    public var emitsDefaults = false
    /// Name fields as the .proto does, instead of in lowerCamelCase.
    public var usesOriginalNames = false
    /// Write enum values as numbers.
    public var writesEnumsAsNumbers = false
    /// One field or element per line, two spaces per level.
    public var isIndented = false

    public init(
        emitsDefaults: Bool = false, usesOriginalNames: Bool = false, writesEnumsAsNumbers: Bool = false, isIndented: Bool = false
    ) {
        self.emitsDefaults = emitsDefaults
        self.usesOriginalNames = usesOriginalNames
        self.writesEnumsAsNumbers = writesEnumsAsNumbers
        self.isIndented = isIndented
    }
}

/// How JSON becomes a message.
public struct JSONDecodeOptions: Sendable, Hashable {
    /// Skip fields that the message does not have, and enum values whose names the enum does not have.
    public var ignoresUnknownFields: Bool
    /// Objects and arrays inside each other, as `DecodeLimits.depth`.
    public var depth: Int

    public init(ignoresUnknownFields: Bool = false, depth: Int = 100) {
        self.ignoresUnknownFields = ignoresUnknownFields
        self.depth = depth
    }
}
