import Glibc

/// A payload that proves itself: whose call it belongs to, which of its messages it is, random content, and a checksum over all of it.
///
///     call 4 bytes · number 4 bytes · content, a multiple of 8 bytes · FNV-1a of all that, by words, 8 bytes
enum Parcel {
    /// `words` of content.
    static func bytes(call: UInt32, number: UInt32, words: Int, using random: inout some RandomNumberGenerator) -> [UInt8] {
        unsafe [UInt8](unsafeUninitializedCapacity: 16 + 8 * words) { buffer, count in
            count = 16 + 8 * words
            let all = UnsafeMutableRawBufferPointer(buffer)
            var hash = first
            var word = UInt64(call) << 32 | UInt64(number)
            for index in 0...words {
                unsafe all.storeBytes(of: word.bigEndian, toByteOffset: 8 * index, as: UInt64.self)
                hash = (hash ^ word) &* prime
                word = random.next()
            }
            unsafe all.storeBytes(of: hash.bigEndian, toByteOffset: 8 * (words + 1), as: UInt64.self)
        }
    }

    /// Whose it is; nil when the bytes are not what was packed.
    static func read(_ bytes: [UInt8]) -> (call: UInt32, number: UInt32)? {
        guard bytes.count >= 16, bytes.count % 8 == 0 else { return nil }
        return unsafe bytes.withUnsafeBytes { all in
            func word(_ index: Int) -> UInt64 { unsafe UInt64(bigEndian: all.loadUnaligned(fromByteOffset: 8 * index, as: UInt64.self)) }
            let last = all.count / 8 - 1
            var hash = first
            var index = 0
            while index < last {
                hash = (hash ^ word(index)) &* prime
                index += 1
            }
            guard hash == word(last) else { return nil }
            return (UInt32(truncatingIfNeeded: word(0) >> 32), UInt32(truncatingIfNeeded: word(0)))
        }
    }

    private static let first: UInt64 = 0xcbf2_9ce4_8422_2325
    private static let prime: UInt64 = 0x0000_0100_0000_01b3

    /// Mostly small, and now and then larger than any window.
    static func words(using random: inout some RandomNumberGenerator) -> Int {
        switch Int.random(in: 0..<20, using: &random) {
        case 0, 1: 0
        case 2...13: Int.random(in: 1...25, using: &random)
        case 14...18: Int.random(in: 25...2_500, using: &random)
        default: Int.random(in: 2_500...16_000, using: &random)
        }
    }

    /// Compares in one go, also in a debug build.
    static func areSame(_ left: [UInt8], _ right: [UInt8]) -> Bool {
        guard left.count == right.count else { return false }
        return unsafe memcmp(left, right, left.count) == 0
    }
}
