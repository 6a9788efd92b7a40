internal import Synchronization

/// A reference that is nil at first and then one object for good, read without a lock, and without counting where it is only lent.
///
/// The standard library's AtomicLazyReference is compiled for no type: reading one takes as long as everything else that a call has to do here.
struct SetOnce<Value: AnyObject & Sendable>: ~Copyable, Sendable {
    /// The address of the object, which this holds; zero before that.
    private let address = Atomic<UInt>(0)

    init() {}

    /// Lends the object to `body`; nil when there is none yet.
    @inline(__always)
    func lend<Result>(_ body: (Value) -> Result) -> Result? {
        guard let pointer = unsafe UnsafeRawPointer(bitPattern: address.load(ordering: .acquiring)) else { return nil }
        return unsafe Unmanaged<Value>.fromOpaque(pointer)._withUnsafeGuaranteedRef { body($0) }
    }

    var value: Value? { lend { $0 } }

    /// Sets it, unless it is set; gives what it is then.
    func set(_ value: Value) -> Value {
        let held = unsafe Unmanaged.passRetained(value)
        let bits = unsafe UInt(bitPattern: held.toOpaque())
        if address.compareExchange(expected: 0, desired: bits, ordering: .acquiringAndReleasing).exchanged { return value }
        unsafe held.release()
        return self.value ?? value
    }

    deinit {
        if let pointer = unsafe UnsafeRawPointer(bitPattern: address.load(ordering: .acquiring)) {
            unsafe Unmanaged<Value>.fromOpaque(pointer).release()
        }
    }
}
