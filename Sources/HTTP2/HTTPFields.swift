/// Header fields in the order they came, all in one buffer: a request's cost one allocation however many they are,
/// and a field becomes a `String` only when somebody asks for it.
public struct HTTPFields: Sendable {
    /// For each field its lengths, as two numbers of four bytes, then its name and its value. Behind them the name of the largest field,
    /// when the budget was exceeded.
    @usableFromInline private(set) var bytes: [UInt8] = []
    public private(set) var count = 0
    /// What RFC 9113 §6.5.2 counts: name + value + 32 for each field, the dropped ones included.
    public private(set) var countedBytes = 0
    private var overBudgetNameBytes = -1

    public init() {}

    public init(_ fields: [(name: String, value: String)]) {
        for field in fields { append(name: field.name, value: field.value) }
    }

    /// `bytes` as they are described above.
    init(bytes: [UInt8], count: Int, countedBytes: Int, overBudgetNameBytes: Int) {
        self.bytes = bytes
        self.count = count
        self.countedBytes = countedBytes
        self.overBudgetNameBytes = overBudgetNameBytes
    }

    public var isEmpty: Bool { count == 0 }

    /// A reply's 1xx section: its status comes first (RFC 9113 §8.3).
    var isInterim: Bool {
        guard count > 0 else { return false }
        return unsafe withField(at: 0) { name, value in
            unsafe value.count == 3 && value[0] == UInt8(ascii: "1") && name.elementsEqual(":status".utf8)
        }
    }

    /// The name of the largest field, once the budget was exceeded: from then on fields were counted, but not kept.
    public var overBudget: String? {
        overBudgetNameBytes < 0 ? nil : String(decoding: bytes.suffix(overBudgetNameBytes), as: UTF8.self)
    }

    public mutating func append(name: String, value: String) {
        begin(name.utf8.count, value.utf8.count)
        bytes.append(contentsOf: name.utf8)
        bytes.append(contentsOf: value.utf8)
    }

    public mutating func append(name: String, value: [UInt8]) {
        begin(name.utf8.count, value.count)
        bytes.append(contentsOf: name.utf8)
        bytes.append(contentsOf: value)
    }

    private mutating func begin(_ nameLength: Int, _ valueLength: Int) {
        if overBudgetNameBytes >= 0 {
            bytes.removeLast(overBudgetNameBytes)
            overBudgetNameBytes = -1
        }
        count += 1
        countedBytes += nameLength + valueLength + Limits.fieldOverheadBytes
        unsafe withUnsafeBytes(of: (UInt32(nameLength), UInt32(valueLength))) { lengths in
            unsafe bytes.append(contentsOf: lengths)
        }
    }

    public func name(at index: Int) -> String {
        unsafe withField(at: index) { name, _ in unsafe String(decoding: name, as: UTF8.self) }
    }

    public func value(at index: Int) -> String {
        unsafe withField(at: index) { _, value in unsafe String(decoding: value, as: UTF8.self) }
    }

    /// The first value of that name (which is lower-case, RFC 9113 §8.2.1), or nil.
    public func first(_ name: String) -> String? {
        var found: String?
        unsafe forEach { candidate, value in
            if found == nil, unsafe candidate.elementsEqual(name.utf8) { found = unsafe String(decoding: value, as: UTF8.self) }
        }
        return found
    }

    /// All values of that name (which is lower-case), in order.
    public func values(_ name: String) -> [String] {
        var found: [String] = []
        unsafe forEach { candidate, value in
            if unsafe candidate.elementsEqual(name.utf8) { found.append(unsafe String(decoding: value, as: UTF8.self)) }
        }
        return found
    }

    /// Lends the bytes of each field, in order.
    @inlinable
    public func forEach(_ body: (_ name: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer) -> Void) {
        unsafe bytes.withUnsafeBytes { buffer in
            var field = 0
            for _ in 0..<count {
                let (name, value) = unsafe HTTPFields.field(at: field, in: buffer)
                unsafe body(UnsafeRawBufferPointer(rebasing: buffer[name]), UnsafeRawBufferPointer(rebasing: buffer[value]))
                field = value.upperBound
            }
        }
    }

    /// Lends the bytes of one field.
    @inlinable
    public func withField<Result>(
        at index: Int, _ body: (_ name: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer) -> Result
    ) -> Result {
        precondition(index < count, "there is no field \(index)")
        return unsafe bytes.withUnsafeBytes { buffer in
            var (name, value) = unsafe HTTPFields.field(at: 0, in: buffer)
            for _ in 0..<index { (name, value) = unsafe HTTPFields.field(at: value.upperBound, in: buffer) }
            return unsafe body(UnsafeRawBufferPointer(rebasing: buffer[name]), UnsafeRawBufferPointer(rebasing: buffer[value]))
        }
    }

    /// Lends the value of the first field of that name, and says how many there are of it.
    @inlinable
    package func withValue<Result, Failure: Error>(
        of name: StaticString, _ body: (_ value: UnsafeRawBufferPointer?, _ count: Int) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        let wanted = unsafe UnsafeBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount)
        return try unsafe bytes.span.withUnsafeBytes { (buffer) throws(Failure) -> Result in
            var found: Range<Int>?
            var occurrences = 0
            var next = 0
            for _ in 0..<count {
                let (candidate, value) = unsafe HTTPFields.field(at: next, in: buffer)
                next = value.upperBound
                guard candidate.count == wanted.count,
                    unsafe UnsafeRawBufferPointer(rebasing: buffer[candidate]).elementsEqual(wanted)
                else { continue }
                occurrences += 1
                if found == nil { found = value }
            }
            guard let found else { return try body(nil, 0) }
            return try unsafe body(UnsafeRawBufferPointer(rebasing: buffer[found]), occurrences)
        }
    }

    @usableFromInline
    static func field(at start: Int, in buffer: UnsafeRawBufferPointer) -> (name: Range<Int>, value: Range<Int>) {
        let lengths = unsafe buffer.loadUnaligned(fromByteOffset: start, as: (UInt32, UInt32).self)
        let name = start + lengthBytes
        let value = name + Int(lengths.0)
        return (name..<value, value..<value + Int(lengths.1))
    }

    /// What stands before a field's name.
    static let lengthBytes = 8
}

extension HTTPFields: CustomStringConvertible {
    /// One line for each field; values of fields that carry secrets are left out.
    public var description: String {
        (0..<count).map { index in
            let name = name(at: index)
            return "\(name): \(name == "authorization" || name.hasSuffix("-bin") ? "…" : value(at: index))"
        }.joined(separator: "\n")
    }
}
