import BenchAPI
import HTTP2
import RPC
import TLS
import TestSupport
import Testing

/// What a server tells of its connections.
@Suite(.timeLimit(.minutes(5))) struct ConnectionListTests {
    @Test("A server lists its connections page by page, each once, with who is there and what he does", arguments: Security.allCases)
    func pages(security: Security) async throws {
        try await withLoopback(security, loops: 2) { loopback in
            var clients: [EchoClient] = []
            for count in 1...5 {
                let client = try loopback.client()
                for _ in 0..<count { _ = try await client.unary(EchoRequest([1]), CallOptions(timeout: .seconds(120))) }
                clients.append(client)
            }
            var listed: [ConnectionSummary] = []
            while true {
                let page = await loopback.server.connections(after: listed.last?.place, limit: 2)
                #expect(page.count <= 2)
                if page.isEmpty { break }
                listed += page
            }
            #expect(listed.count == 5)
            #expect(Set(listed.map(\.place)).count == 5)
            #expect(listed.map(\.place) == listed.map(\.place).sorted())
            #expect(listed.map(\.openedStreams).sorted() == [1, 2, 3, 4, 5])
            #expect(Set(listed.map(\.address)).count == 5)
            #expect(listed.allSatisfy { $0.age >= .zero && !$0.isDraining })
            #expect(listed.allSatisfy { $0.tlsVersion == (security == .mutualTLS ? .tls13 : nil) })
            #expect(listed.allSatisfy { ($0.certificate != nil) == (security == .mutualTLS) })
            #expect(await loopback.server.connections(limit: 0).isEmpty)
            #expect(await loopback.server.connections(after: ConnectionSummary.Place(loop: 9, number: 1), limit: 10).isEmpty)
            for client in clients { await client.channel.close() }
        }
    }
}
