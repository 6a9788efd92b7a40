internal import Glibc
internal import Synchronization

/// What stands in the kernel's place for loops that have no thread: the clock and the sockets of a simulation. Everything but `now` and
/// `newName` is used on the thread that runs the simulation.
package protocol SimulatedKernel: AnyObject, Sendable {
    var now: MonotonicTime { get }
    /// What nothing else in the simulation is called, where a real machine takes random bytes.
    func newName() -> String
    /// A stream that becomes writable when it stands, or has failed.
    func connect(to address: SocketAddress) throws(NetError) -> Int32
    func connectError(_ descriptor: Int32) -> NetError?
    func listen(on address: SocketAddress) throws(NetError) -> (descriptor: Int32, address: SocketAddress)
    /// Nil when nobody waits.
    func accept(_ listener: Int32) -> Int32?
    func read(_ descriptor: Int32, into buffer: UnsafeMutableRawBufferPointer) -> Socket.Transfer
    func write(_ buffer: UnsafeRawBufferPointer, to descriptor: Int32) -> Socket.Transfer
    func shutdownWriting(_ descriptor: Int32)
    func close(_ descriptor: Int32)
    func addresses(of descriptor: Int32) -> (local: SocketAddress, remote: SocketAddress?)?
    /// A watch was made, wants something else, or is cancelled: then it has no `ready`.
    func changed(_ watch: Watch)
}

/// The descriptors of all simulations of this process. They are below -1, so that a socket of the kernel's costs one comparison.
package enum SimulatedDescriptors {
    private struct Table {
        var kernels: [Int32: any SimulatedKernel] = [:]
        var last: Int32 = -1
    }

    private static let table = Mutex(Table())

    package static func make(for kernel: any SimulatedKernel) -> Int32 {
        table.withLock { table in
            table.last -= 1
            table.kernels[table.last] = kernel
            return table.last
        }
    }

    package static func remove(_ descriptor: Int32) {
        // What it held goes outside of the lock.
        let removed = table.withLock { $0.kernels.removeValue(forKey: descriptor) }
        _ = consume removed
    }

    static func kernel(of descriptor: Int32) -> (any SimulatedKernel)? {
        table.withLock { $0.kernels[descriptor] }
    }

    static func read(_ descriptor: Int32, into buffer: UnsafeMutableRawBufferPointer) -> Socket.Transfer {
        unsafe kernel(of: descriptor)?.read(descriptor, into: buffer) ?? .failed(.system(operation: "read", code: EBADF))
    }

    static func write(_ buffer: UnsafeRawBufferPointer, to descriptor: Int32) -> Socket.Transfer {
        unsafe kernel(of: descriptor)?.write(buffer, to: descriptor) ?? .failed(.system(operation: "write", code: EBADF))
    }
}
