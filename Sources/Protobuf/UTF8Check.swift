/// Says whether bytes are UTF-8 (RFC 3629, table 3-7 of the Unicode standard), eight ASCII characters at a time.
enum UTF8Check {
    enum Content {
        case ascii
        case unicode
        case invalid
    }

    static func isValid(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool { unsafe content(of: bytes) != .invalid }

    static func content(of bytes: UnsafeBufferPointer<UInt8>) -> Content {
        guard let base = bytes.baseAddress else { return .ascii }
        let count = bytes.count
        let high: UInt64 = 0x8080_8080_8080_8080
        var index = 0
        while index &+ 8 <= count {
            if unsafe UnsafeRawPointer(base + index).loadUnaligned(as: UInt64.self) & high != 0 {
                return unsafe content(of: base + index, end: base + count)
            }
            index &+= 8
        }
        if count >= 8 {
            // The rest together with bytes that are known to be ASCII.
            if unsafe UnsafeRawPointer(base + count - 8).loadUnaligned(as: UInt64.self) & high == 0 {
                return .ascii
            }
        } else {
            var joined: UInt8 = 0
            while index < count {
                unsafe joined |= base[index]
                index &+= 1
            }
            if joined < 0x80 {
                return .ascii
            }
            index = 0
        }
        return unsafe content(of: base + index, end: base + count)
    }

    /// Goes on where something is not ASCII.
    private static func content(of start: UnsafePointer<UInt8>, end: UnsafePointer<UInt8>) -> Content {
        var next = unsafe start
        while unsafe next < end {
            while unsafe end - next >= 8 {
                let word = unsafe UInt64(littleEndian: UnsafeRawPointer(next).loadUnaligned(as: UInt64.self)) & 0x8080_8080_8080_8080
                unsafe next += word.trailingZeroBitCount / 8
                if word != 0 {
                    break
                }
            }
            while unsafe next < end, unsafe next.pointee < 0x80 {
                unsafe next += 1
            }
            while unsafe next < end, unsafe next.pointee >= 0x80 {
                let length = unsafe sequenceLength(next, left: end - next)
                if length == 0 {
                    return .invalid
                }
                unsafe next += length
            }
        }
        return .unicode
    }

    /// The length of the well-formed sequence of two to four bytes that begins here, 0 if none does.
    private static func sequenceLength(_ bytes: UnsafePointer<UInt8>, left: Int) -> Int {
        let first = unsafe bytes[0]
        if left < 2 {
            return 0
        }
        let second = unsafe bytes[1]
        switch first {
        case 0xC2...0xDF: return second & 0xC0 == 0x80 ? 2 : 0
        case 0xE0...0xEF:
            // Not the long spelling of a shorter one, and not half a surrogate pair.
            let lowest: UInt8 = first == 0xE0 ? 0xA0 : 0x80
            let highest: UInt8 = first == 0xED ? 0x9F : 0xBF
            guard left >= 3, second >= lowest, second <= highest, unsafe bytes[2] & 0xC0 == 0x80 else { return 0 }
            return 3
        case 0xF0...0xF4:
            // Not the long spelling of a shorter one, and not beyond U+10FFFF.
            let lowest: UInt8 = first == 0xF0 ? 0x90 : 0x80
            let highest: UInt8 = first == 0xF4 ? 0x8F : 0xBF
            guard left >= 4, second >= lowest, second <= highest, unsafe bytes[2] & 0xC0 == 0x80, unsafe bytes[3] & 0xC0 == 0x80 else {
                return 0
            }
            return 4
        default: return 0
        }
    }
}
