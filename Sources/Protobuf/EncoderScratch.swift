import Glibc

/// A buffer that each thread keeps for the messages it encodes, so that a message is written once, before its size is known.
enum EncoderScratch {
    /// Larger messages are measured first and then written straight into their array. Few threads encode, and they live long.
    private static let byteCount = 32 * 1024

    private static let key: pthread_key_t = {
        var key = pthread_key_t()
        let failure = unsafe pthread_key_create(&key) { unsafe $0?.deallocate() }
        precondition(failure == 0, "The process has used up its thread-local keys.")
        return key
    }()

    /// Lends the thread's buffer. While it is lent the thread has none, so that an encoding within an encoding gets another one.
    static func lend<Result>(_ body: (UnsafeMutableRawBufferPointer) -> Result) -> Result {
        let memory = unsafe pthread_getspecific(key) ?? UnsafeMutableRawPointer.allocate(byteCount: byteCount, alignment: 16)
        pthread_setspecific(key, nil)
        let result = unsafe body(UnsafeMutableRawBufferPointer(start: memory, count: byteCount))
        if let other = unsafe pthread_getspecific(key) {
            unsafe other.deallocate()
        }
        unsafe pthread_setspecific(key, memory)
        return result
    }
}
