import Crypto
import HTTP2
import Net
import StandardTypes
import Testing

@testable import Platform
@testable import RPC

/// A loop, and calls as a server would make them, without a network.
struct CallWorld {
    let loop: EventLoop
    let authority: CertificateAuthority
    let certificate: Certificate

    static let trustDomain = "test.example"
    static let validity: ClosedRange<Int64> = 1_700_000_000...4_000_000_000

    init() throws {
        loop = try EventLoop(name: "test")
        authority = try CertificateAuthority(creating: "test", validity: Self.validity)
        certificate = try authority.issue(.client(service: "voice", trustDomain: Self.trustDomain, validity: Self.validity)).certificate
    }

    static func route(_ path: String, _ policy: MethodPolicy? = nil) -> Route {
        let parts = path.split(separator: "/").map(String.init)
        return Route(Method<Empty, Empty>(service: parts[0], name: parts[1], kind: .unary, policy: policy)) { _, _ in }
    }

    func call(_ route: Route, _ metadata: [(String, String)] = []) throws -> Call {
        let peer = Peer(address: try SocketAddress(ip: "127.0.0.1", port: 1), certificate: nil, isSecure: true)
        return Call(route: route, metadata: Metadata(metadata), peer: peer, deadline: nil, loop: loop)
    }

    func call(
        _ path: String = "/test.Service/Method", _ metadata: [(String, String)] = [], certificate: Certificate? = nil, routed: Bool = true
    ) throws -> Call {
        let peer = Peer(address: try SocketAddress(ip: "127.0.0.1", port: 1), certificate: certificate, isSecure: true)
        return Call(
            route: routed ? Self.route(path) : nil, unroutedPath: path, metadata: Metadata(metadata), peer: peer,
            deadline: nil, loop: loop)
    }

    /// A call with a caller, as it is behind the interceptors.
    func call(tenant: String, subject: String = "ada", path: String = "/test.Service/Method", key: String? = nil) throws -> Call {
        let call = try call(path, key.map { [("idempotency-key", $0)] } ?? [], certificate: certificate)
        call[Caller.self] = Caller(
            service: "voice", subject: subject, tenant: tenant, scopes: ["lead:read"], tokenID: "1", expires: 4_000_000_000)
        return call
    }
}

/// The status that `body` throws.
func status(of body: () async throws -> Void) async -> RPCError? {
    do {
        try await body()
        return nil
    } catch {
        return error as? RPCError ?? RPCError(.internal, "another error: \(error)")
    }
}
