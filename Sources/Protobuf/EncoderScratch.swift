import Glibc

/// A buffer that each thread keeps for the messages it encodes, so that a message is written once, before its size is known.
enum EncoderScratch {
    /// Larger messages are measured first and then written straight into their array. Few threads encode, and they live long.
    static let byteCount = 32 * 1024

    private static let key: pthread_key_t = {
        var key = pthread_key_t()
        let failure = unsafe pthread_key_create(&key) { unsafe $0?.deallocate() }
        precondition(failure == 0, "The process has used up its thread-local keys.")
        return key
    }()

    /// The thread's buffer, which the thread then has no more: an encoding within an encoding gets another one.
    static func take() -> UnsafeMutableRawPointer {
        if let memory = unsafe pthread_getspecific(key) {
            pthread_setspecific(key, nil)
            return unsafe memory
        }
        return UnsafeMutableRawPointer.allocate(byteCount: byteCount, alignment: 16)
    }

    static func giveBack(_ memory: UnsafeMutableRawPointer) {
        if let other = unsafe pthread_getspecific(key) {
            unsafe other.deallocate()
        }
        unsafe pthread_setspecific(key, memory)
    }
}
