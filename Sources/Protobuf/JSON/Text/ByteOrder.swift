import Glibc

extension UnsafeBufferPointer<UInt8> {
    /// By bytes, which for UTF-8 is by code points.
    func precedes(_ other: UnsafeBufferPointer<UInt8>) -> Bool {
        guard let left = baseAddress, let right = other.baseAddress else { return count < other.count }
        let order = unsafe memcmp(left, right, Swift.min(count, other.count))
        return order < 0 || order == 0 && count < other.count
    }
}
