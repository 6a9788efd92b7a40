internal import Glibc

/// Paths to routes, looked up by the bytes of `:path`: no `String` is made for a call.
struct RouteTable: Sendable {
    /// Open addressing: a route stands at its path's hash or at the first free place behind it; half of the places are free.
    private var slots: [Route?]
    let services: [String]

    /// Throws when two services have the same name: one of them would never be called. And when `heavy` knows of a method that is none.
    init(
        _ services: [any Service], behind interceptors: [any ServerInterceptor] = [], heavy: HeavyMethods = HeavyMethods()
    ) throws(RPCError) {
        var seen: Set<String> = []
        var routes: [Route] = []
        for service in services {
            let name = type(of: service).serviceName
            guard seen.insert(name).inserted else {
                throw RPCError(.failedPrecondition, "the service \(name) is registered twice")
            }
            routes += heavy.moving(service.routes, of: service)
        }
        try heavy.check(routes, seen)
        self.services = seen.sorted()
        var size = 16
        while size < routes.count * 2 { size *= 2 }
        slots = Array(repeating: nil, count: size)
        for route in routes {
            var place = unsafe route.path.withUnsafeBytes { unsafe RouteTable.hash($0) } & (size - 1)
            while slots[place] != nil { place = (place + 1) & (size - 1) }
            slots[place] = route.behind(interceptors)
        }
    }

    var all: [Route] { slots.compactMap { $0 } }

    /// The route of exactly that path: no case folding, no missing slash, no dot segments.
    func route(_ path: UnsafeRawBufferPointer) -> Route? {
        guard let start = path.baseAddress else { return nil }
        var place = unsafe RouteTable.hash(path) & (slots.count - 1)
        while let route = slots[place] {
            if unsafe route.path.count == path.count && memcmp(route.path, start, path.count) == 0 { return route }
            place = (place + 1) & (slots.count - 1)
        }
        return nil
    }

    /// Like FNV-1a, but eight bytes at a time: the table is ours, so a peer cannot fill it with collisions.
    private static func hash(_ bytes: UnsafeRawBufferPointer) -> Int {
        var hash = 0xcbf2_9ce4_8422_2325 ^ UInt64(truncatingIfNeeded: bytes.count)
        var position = 0
        while bytes.count - position >= 8 {
            hash = unsafe mixed(hash ^ bytes.loadUnaligned(fromByteOffset: position, as: UInt64.self))
            position += 8
        }
        var rest: UInt64 = 0
        while position < bytes.count {
            rest = unsafe rest << 8 | UInt64(bytes[position])
            position += 1
        }
        return Int(truncatingIfNeeded: mixed(hash ^ rest))
    }

    @inline(__always)
    private static func mixed(_ value: UInt64) -> UInt64 {
        let product = value &* 0x9e37_79b9_7f4a_7c15
        return product ^ (product >> 32)
    }
}
