internal import Net

/// Names to addresses, with this module's error.
enum Names {
    static func addresses(of host: String, port: UInt16) async throws(SenderError) -> [SocketAddress] {
        do {
            return try await Resolver.resolve(host, port: port)
        } catch {
            throw .connection("\(error)")
        }
    }
}
