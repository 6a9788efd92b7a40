/// Why descriptors do not make a pool.
public struct DescriptorError: Error, Sendable, Hashable, CustomStringConvertible {
    public let description: String

    init(_ description: String) {
        self.description = description
    }
}
