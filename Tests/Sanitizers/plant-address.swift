// Memory is read that was given back: AddressSanitizer has to say so.
@main
enum Plant {
    static func main() {
        let bytes = UnsafeMutablePointer<UInt8>.allocate(capacity: 16)
        bytes.initialize(repeating: 7, count: 16)
        bytes.deallocate()
        print(bytes[3])
    }
}
