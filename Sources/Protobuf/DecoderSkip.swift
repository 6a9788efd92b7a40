/// Fields that the schema does not know.
extension Decoder {
    /// Skips the field whose tag was read last and keeps its bytes, tag included.
    public mutating func skip(keepingIn unknown: inout UnknownFields) throws(DecodeError) {
        let first = unsafe tagStart
        try skip()
        unsafe unknown.append(UnsafeRawBufferPointer(start: first, count: position - first))
    }

    /// Skips the field whose tag was read last.
    @usableFromInline
    mutating func skip() throws(DecodeError) {
        if tag < 8 {
            throw error(.invalidTag)
        }
        switch tag & 7 {
        case 0: _ = try varint()
        case 1: _ = try fixed(UInt64.self)
        case 2: unsafe position = try delimited()
        case 3: try skipGroup(number: tag >> 3)
        case 4: throw error(.unmatchedGroup)
        case 5: _ = try fixed(UInt32.self)
        default: throw error(.invalidWireType)
        }
    }

    private mutating func skipGroup(number: UInt32) throws(DecodeError) {
        depthLeft &-= 1
        if depthLeft < 0 {
            throw error(.tooDeep)
        }
        while true {
            let inner = try nextTag()
            if inner == 0 {
                throw error(.truncated)
            }
            if inner == number << 3 | 4 {
                break
            }
            try skip()
        }
        depthLeft &+= 1
    }
}
