/// Paths of google.protobuf.FieldMask: `foo_bar.baz` in the message, `fooBar.baz` in JSON.
enum FieldMaskText {
    /// Appends a path, not escaped. False if it would not come back the same.
    static func appendCamel(_ path: UnsafeBufferPointer<UInt8>, to text: inout ByteBuffer) -> Bool {
        var raise = path.isEmpty
        for index in 0..<path.count {
            let byte = unsafe path[index]
            switch byte {
            case UInt8(ascii: "_"):
                if raise {
                    return false
                }
                raise = true
            case UInt8(ascii: "a")...UInt8(ascii: "z"):
                text.append(raise ? byte &- 32 : byte)
                raise = false
            case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: ","): return false
            default:
                if raise {
                    return false
                }
                text.append(byte)
            }
        }
        return !raise
    }

    /// False if the path has an underscore, which no JSON path has.
    static func appendSnake(_ path: UnsafeBufferPointer<UInt8>, to bytes: inout ByteBuffer) -> Bool {
        for index in 0..<path.count {
            let byte = unsafe path[index]
            switch byte {
            case UInt8(ascii: "_"): return false
            case UInt8(ascii: "A")...UInt8(ascii: "Z"):
                bytes.append(UInt8(ascii: "_"))
                bytes.append(byte &+ 32)
            default: bytes.append(byte)
            }
        }
        return true
    }
}
