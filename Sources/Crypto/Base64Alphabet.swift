/// The 64 characters of one Base64 alphabet, and the way back.
struct Base64Alphabet: Sendable {
    static let standard = Base64Alphabet("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
    static let url = Base64Alphabet("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")

    private static let foreign: UInt8 = 0xFF
    private static let padding = UInt8(ascii: "=")

    private let characters: [UInt8]
    /// For each byte its six bits, or `foreign`.
    private let values: [UInt8]

    private init(_ alphabet: StaticString) {
        let characters = Array(alphabet.description.utf8)
        var values = [UInt8](repeating: Self.foreign, count: 256)
        for (value, character) in characters.enumerated() {
            values[Int(character)] = UInt8(value)
        }
        self.characters = characters
        self.values = values
    }

    func encode(_ bytes: RawSpan, padded: Bool) -> String {
        let (groups, rest) = bytes.byteCount.quotientAndRemainder(dividingBy: 3)
        let count = groups * 4 + (rest == 0 ? 0 : padded ? 4 : rest + 1)
        return unsafe bytes.withUnsafeBytes { input in
            unsafe characters.withUnsafeBufferPointer { characters in
                unsafe String(unsafeUninitializedCapacity: count) { output in
                    var write = 0
                    for group in 0..<groups {
                        let read = group * 3
                        let word = unsafe UInt32(input[read]) << 16 | UInt32(input[read + 1]) << 8 | UInt32(input[read + 2])
                        unsafe output[write] = characters[Int(word >> 18)]
                        unsafe output[write + 1] = characters[Int(word >> 12 & 63)]
                        unsafe output[write + 2] = characters[Int(word >> 6 & 63)]
                        unsafe output[write + 3] = characters[Int(word & 63)]
                        write += 4
                    }
                    guard rest > 0 else { return count }
                    let word = unsafe UInt32(input[groups * 3]) << 16 | (rest == 2 ? UInt32(input[groups * 3 + 1]) << 8 : 0)
                    unsafe output[write] = characters[Int(word >> 18)]
                    unsafe output[write + 1] = characters[Int(word >> 12 & 63)]
                    if rest == 2 {
                        unsafe output[write + 2] = characters[Int(word >> 6 & 63)]
                    } else if padded {
                        unsafe output[write + 2] = Self.padding
                    }
                    if padded {
                        unsafe output[write + 3] = Self.padding
                    }
                    return count
                }
            }
        }
    }

    func decode(_ text: RawSpan, padding: Base64.Padding) -> [UInt8]? {
        unsafe text.withUnsafeBytes { input in
            var length = input.count
            var stripped = 0
            while stripped < 2, length > 0, unsafe input[length - 1] == Self.padding {
                length -= 1
                stripped += 1
            }
            let (groups, rest) = length.quotientAndRemainder(dividingBy: 4)
            let missing = rest == 0 ? 0 : 4 - rest
            let isPaddedRight =
                switch padding {
                case .none: stripped == 0
                case .required: stripped == missing
                case .optional: stripped == 0 || stripped == missing
                }
            guard rest != 1, isPaddedRight else { return nil }
            return unsafe decode(input, groups: groups, rest: rest)
        }
    }

    /// `rest` is 0, 2 or 3: the characters after the last whole group of four.
    private func decode(_ input: UnsafeRawBufferPointer, groups: Int, rest: Int) -> [UInt8]? {
        var isForeign = false
        let capacity = groups * 3 + max(0, rest - 1)
        let bytes = unsafe values.withUnsafeBufferPointer { values in
            unsafe [UInt8](unsafeUninitializedCapacity: capacity) { output, count in
                // A foreign character has its top bits set: one OR over all values finds it, without a branch per character.
                var seen: UInt8 = 0
                for group in 0..<groups {
                    let read = group * 4
                    let write = group * 3
                    let first = unsafe values[Int(input[read])]
                    let second = unsafe values[Int(input[read + 1])]
                    let third = unsafe values[Int(input[read + 2])]
                    let fourth = unsafe values[Int(input[read + 3])]
                    seen |= first | second | third | fourth
                    unsafe output[write] = first << 2 | second >> 4
                    unsafe output[write + 1] = second << 4 | third >> 2
                    unsafe output[write + 2] = third << 6 | fourth
                }
                if rest > 0 {
                    let read = groups * 4
                    let write = groups * 3
                    let first = unsafe values[Int(input[read])]
                    let second = unsafe values[Int(input[read + 1])]
                    let third = rest == 3 ? unsafe values[Int(input[read + 2])] : 0
                    seen |= first | second | third
                    unsafe output[write] = first << 2 | second >> 4
                    if rest == 3 {
                        unsafe output[write + 1] = second << 4 | third >> 2
                    }
                    let surplus = rest == 3 ? third & 0b11 : second & 0b1111
                    if surplus != 0 { seen |= 0x80 }
                }
                isForeign = seen & 0xC0 != 0
                count = capacity
            }
        }
        return isForeign ? nil : bytes
    }
}
