internal import CNet

/// Names to addresses, by the C library (hosts file, DNS), on the blocking pool.
public enum Resolver {
    /// All stream addresses of `host` in the order the C library prefers (RFC 6724). An IP literal resolves to itself at once.
    public static func resolve(_ host: String, port: UInt16) async throws -> [SocketAddress] {
        if let literal = try? SocketAddress(ip: host, port: port) { return [literal] }
        return try await BlockingPool.shared.run { try lookUp(host, port: port) }
    }

    private static func lookUp(_ host: String, port: UInt16) throws(NetError) -> [SocketAddress] {
        var hints = unsafe addrinfo()
        unsafe hints.ai_family = AF_UNSPEC
        unsafe hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var list: UnsafeMutablePointer<addrinfo>?
        let code = unsafe getaddrinfo(host, String(port), &hints, &list)
        guard code == 0 else {
            let reason = unsafe gai_strerror(code).map { unsafe String(cString: $0) } ?? "error \(code)"
            throw .resolution(name: host, reason: reason)
        }
        defer { unsafe freeaddrinfo(list) }
        var addresses: [SocketAddress] = []
        var next = unsafe list
        while let entry = unsafe next {
            var storage = sockaddr_storage()
            if let address = unsafe entry.pointee.ai_addr {
                let length = min(Int(unsafe entry.pointee.ai_addrlen), MemoryLayout<sockaddr_storage>.size)
                unsafe withUnsafeMutableBytes(of: &storage) {
                    unsafe $0.copyMemory(from: UnsafeRawBufferPointer(start: address, count: length))
                }
                addresses.append(SocketAddress(storage))
            }
            unsafe next = entry.pointee.ai_next
        }
        return addresses
    }
}
