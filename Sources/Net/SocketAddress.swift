internal import CNet

/// Where a socket is bound or connected: an IP literal with a port, or a path.
public enum SocketAddress: Hashable, Sendable, CustomStringConvertible {
    /// Four bytes in network order.
    case ipv4([UInt8], port: UInt16)
    /// Sixteen bytes in network order; the scope is an interface index, 0 for global addresses.
    case ipv6([UInt8], port: UInt16, scope: UInt32)
    case unix(path: String)

    /// `127.0.0.1`, `::1`, `[::1]`; names are not resolved here. Throws `NetError.address`.
    public init(ip literal: String, port: UInt16) throws(NetError) {
        let bare = literal.hasPrefix("[") && literal.hasSuffix("]") ? String(literal.dropFirst().dropLast()) : literal
        var four = in_addr()
        var six = in6_addr()
        if unsafe inet_pton(AF_INET, bare, &four) == 1 {
            self = .ipv4(unsafe withUnsafeBytes(of: &four) { unsafe Array($0) }, port: port)
        } else if unsafe inet_pton(AF_INET6, bare, &six) == 1 {
            self = .ipv6(unsafe withUnsafeBytes(of: &six) { unsafe Array($0) }, port: port, scope: 0)
        } else {
            throw .address("\"\(literal)\" is not an IP address; use one such as 127.0.0.1 or ::1")
        }
    }

    /// What `description` gives: `127.0.0.1:80`, `[::1]:80`, `unix:/path`; names are not resolved here. Throws `NetError.address`.
    public init(_ text: String) throws(NetError) {
        if text.hasPrefix("unix:") {
            try self.init(unixPath: String(text.dropFirst(5)))
        } else if let colon = text.lastIndex(of: ":"), let port = UInt16(text[text.index(after: colon)...]) {
            let host = String(text[..<colon])
            // Of ::1:80 nobody could say where the port begins.
            guard !host.contains(":") || host.hasPrefix("[") else { throw .address("\"\(text)\" is ambiguous; write [\(host)]:\(port)") }
            try self.init(ip: host, port: port)
        } else {
            throw .address("\"\(text)\" is no address; write 127.0.0.1:50051, [::1]:50051 or unix:/path")
        }
    }

    /// A Unix socket path of at most 107 bytes. Throws `NetError.address`.
    public init(unixPath path: String) throws(NetError) {
        guard !path.isEmpty, path.utf8.count <= Limits.unixPathBytes else {
            throw .address(
                "the socket path \"\(path)\" has \(path.utf8.count) bytes; a Unix socket path has 1 to \(Limits.unixPathBytes)")
        }
        self = .unix(path: path)
    }

    public var port: UInt16? {
        switch self {
        case .ipv4(_, let port), .ipv6(_, let port, _): port
        case .unix: nil
        }
    }

    public var isLoopback: Bool {
        switch self {
        case .ipv4(let bytes, _): bytes.first == 127
        case .ipv6(let bytes, _, _): bytes.dropLast().allSatisfy { $0 == 0 } && bytes.last == 1
        case .unix: true
        }
    }

    /// `127.0.0.1:80`, `[::1]:80`, `unix:/path`.
    public var description: String {
        switch self {
        case .ipv4(_, let port): "\(host):\(port)"
        case .ipv6(_, let port, _): "[\(host)]:\(port)"
        case .unix(let path): "unix:\(path)"
        }
    }

    /// The address without its port.
    public var host: String {
        switch self {
        case .ipv4(let bytes, _): SocketAddress.text(AF_INET, bytes)
        case .ipv6(let bytes, _, _): SocketAddress.text(AF_INET6, bytes)
        case .unix(let path): path
        }
    }

    var family: Int32 {
        switch self {
        case .ipv4: AF_INET
        case .ipv6: AF_INET6
        case .unix: AF_UNIX
        }
    }

    private static func text(_ family: Int32, _ bytes: [UInt8]) -> String {
        unsafe withUnsafeTemporaryAllocation(of: CChar.self, capacity: Int(INET6_ADDRSTRLEN)) { buffer in
            guard unsafe inet_ntop(family, bytes, buffer.baseAddress, socklen_t(buffer.count)) != nil,
                let start = buffer.baseAddress
            else { return "?" }
            return unsafe String(cString: start)
        }
    }
}

extension SocketAddress {
    /// Lends the address in the form the kernel takes.
    func withSockaddr<Result>(_ body: (UnsafePointer<sockaddr>, socklen_t) -> Result) -> Result {
        var storage = sockaddr_storage()
        return unsafe withUnsafeMutableBytes(of: &storage) { raw in
            let length: Int
            switch self {
            case .ipv4(let bytes, let port):
                var address = sockaddr_in()
                address.sin_family = sa_family_t(AF_INET)
                address.sin_port = port.bigEndian
                unsafe withUnsafeMutableBytes(of: &address.sin_addr) { unsafe $0.copyBytes(from: bytes.prefix(4)) }
                unsafe raw.storeBytes(of: address, as: sockaddr_in.self)
                length = MemoryLayout<sockaddr_in>.size
            case .ipv6(let bytes, let port, let scope):
                var address = sockaddr_in6()
                address.sin6_family = sa_family_t(AF_INET6)
                address.sin6_port = port.bigEndian
                address.sin6_scope_id = scope
                unsafe withUnsafeMutableBytes(of: &address.sin6_addr) { unsafe $0.copyBytes(from: bytes.prefix(16)) }
                unsafe raw.storeBytes(of: address, as: sockaddr_in6.self)
                length = MemoryLayout<sockaddr_in6>.size
            case .unix(let path):
                var address = sockaddr_un()
                address.sun_family = sa_family_t(AF_UNIX)
                unsafe withUnsafeMutableBytes(of: &address.sun_path) {
                    unsafe $0.copyBytes(from: path.utf8.prefix(Limits.unixPathBytes))
                }
                unsafe raw.storeBytes(of: address, as: sockaddr_un.self)
                length = MemoryLayout<sockaddr_un>.size
            }
            // `raw` is a sockaddr_storage: large enough for each of the three, and never empty.
            let start = unsafe raw.baseAddress.unsafelyUnwrapped.assumingMemoryBound(to: sockaddr.self)
            return unsafe body(start, socklen_t(length))
        }
    }

    /// Reads what the kernel wrote. A family we do not know is shown as an unnamed Unix socket.
    init(_ storage: sockaddr_storage) {
        self = unsafe withUnsafeBytes(of: storage) { raw in
            switch Int32(storage.ss_family) {
            case AF_INET:
                var address = unsafe raw.load(as: sockaddr_in.self)
                let bytes = unsafe withUnsafeBytes(of: &address.sin_addr) { unsafe Array($0) }
                return .ipv4(bytes, port: UInt16(bigEndian: address.sin_port))
            case AF_INET6:
                var address = unsafe raw.load(as: sockaddr_in6.self)
                let bytes = unsafe withUnsafeBytes(of: &address.sin6_addr) { unsafe Array($0) }
                return .ipv6(bytes, port: UInt16(bigEndian: address.sin6_port), scope: address.sin6_scope_id)
            default:
                return .unix(path: "")
            }
        }
    }

    /// Fills a `sockaddr_storage` by a system call such as getsockname.
    static func read(_ call: (UnsafeMutablePointer<sockaddr>, UnsafeMutablePointer<socklen_t>) -> Int32) -> SocketAddress? {
        var storage = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        let code = unsafe withUnsafeMutablePointer(to: &storage) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { unsafe call($0, &length) }
        }
        return code == 0 ? SocketAddress(storage) : nil
    }
}
