/// What a decoder accepts at most. Every number guards memory or stack against a peer's bytes.
public struct DecodeLimits: Sendable, Hashable {
    /// Messages and groups inside each other, the outermost one included. 100 is what every protobuf implementation uses.
    public var depth: Int

    /// Bytes of one whole message. Lengths on the wire are 31-bit numbers, so nothing longer can be written by others.
    public var totalBytes: Int

    /// Elements of repeated fields and maps in one whole message, at all depths.
    public var elements: Int

    /// Bytes of memory that the elements may take for each byte on the wire, beyond a first mebibyte.
    ///
    /// An empty message takes two bytes on the wire and a few hundred in memory: without this a 4 MiB request could claim a gigabyte.
    public var memoryPerWireByte: Int

    @inlinable
    public init(depth: Int = 100, totalBytes: Int = 0x7FFF_FFFF, elements: Int = 1 << 24, memoryPerWireByte: Int = 64) {
        self.depth = depth
        self.totalBytes = totalBytes
        self.elements = elements
        self.memoryPerWireByte = memoryPerWireByte
    }

    @inlinable
    public static var standard: DecodeLimits { DecodeLimits() }

    /// Memory for elements that every message may take, however short it is.
    static let freeMemoryBytes = 1 << 20
}
