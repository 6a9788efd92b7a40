import Console
import LeadAPI
import Net
import Platform
import Protobuf
import RPC
import StandardServices
import TLS
import TestSupport
import Testing

/// Envoy in front of the program: it ends TLS, says whose each connection is, and which certificate came with it.
struct EnvoyTests {
    private static let program = "\(#filePath.split(separator: "/").dropLast(3).map { "/" + $0 }.joined())/.build-python/bin/envoy"

    /// What Envoy is told: mutual TLS on both sides, a PROXY header of version 2 ahead of each connection, and the client's certificate as it
    /// finds it, whatever the client says itself.
    private func configuration(_ served: ServedProgram) throws -> String {
        let folder = served.deployment.folder
        let port = try #require(served.address.split(separator: ":").last)
        func tls(_ side: String, _ name: String, _ more: String = "") -> String {
            """
            {"name": "envoy.transport_sockets.tls", "typed_config": {
              "@type": "type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.\(side)TlsContext", \(more)
              "common_tls_context": {"alpn_protocols": ["h2"], "tls_params": {"tls_maximum_protocol_version": "TLSv1_3"},
                "tls_certificates": [{"certificate_chain": {"filename": "\(folder)/\(name).pem"}, "private_key": {"filename": "\(folder)/\(name).key"}}],
                "validation_context": {"trusted_ca": {"filename": "\(folder)/ca.pem"}}}}}
            """
        }
        return """
            {"admin": {"address": {"socket_address": {"address": "127.0.0.1", "port_value": 0}}},
             "static_resources": {
              "listeners": [{"name": "front", "address": {"socket_address": {"address": "127.0.0.1", "port_value": 0}},
                "filter_chains": [{"transport_socket": \(tls("Downstream", "server", "\"require_client_certificate\": true,")),
                  "filters": [{"name": "envoy.filters.network.http_connection_manager", "typed_config": {
                    "@type": "type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager",
                    "stat_prefix": "front", "codec_type": "HTTP2",
                    "forward_client_cert_details": "SANITIZE_SET", "set_current_client_cert_details": {"uri": true, "subject": true},
                    "route_config": {"virtual_hosts": [{"name": "all", "domains": ["*"],
                      "routes": [{"match": {"prefix": "/"}, "route": {"cluster": "server", "timeout": "0s"}}]}]},
                    "http_filters": [{"name": "envoy.filters.http.router", "typed_config": {
                      "@type": "type.googleapis.com/envoy.extensions.filters.http.router.v3.Router"}}]}}]}]}],
              "clusters": [{"name": "server", "type": "STATIC",
                "typed_extension_protocol_options": {"envoy.extensions.upstreams.http.v3.HttpProtocolOptions": {
                  "@type": "type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions",
                  "explicit_http_config": {"http2_protocol_options": {}}}},
                "load_assignment": {"cluster_name": "server", "endpoints": [{"lb_endpoints": [{"endpoint": {"address":
                  {"socket_address": {"address": "127.0.0.1", "port_value": \(port)}}}}]}]},
                "transport_socket": {"name": "envoy.transport_sockets.upstream_proxy_protocol", "typed_config": {
                  "@type": "type.googleapis.com/envoy.extensions.transport_sockets.proxy_protocol.v3.ProxyProtocolUpstreamTransport",
                  "config": {"version": "V2"}, "transport_socket": \(tls("Upstream", "edge"))}}}]}}
            """
    }

    /// A way to Envoy as the admin. Envoy says where its administration is, and that where it listens.
    private func channel(_ served: ServedProgram) async throws -> (envoy: Program, channel: RPC.Channel) {
        let folder = served.deployment.folder
        try #require(Files.isProgram(Self.program), "there is no \(Self.program); run `make test`, which installs it")
        try Files.write(try configuration(served), to: "\(folder)/envoy.json")
        let envoy = try Program(
            [
                Self.program, "-c", "\(folder)/envoy.json", "--admin-address-path", "\(folder)/envoy.admin", "--use-dynamic-base-id",
                "--concurrency", "1", "--log-level", "error",
            ], errors: .amongOutput)
        var front = ""
        try await eventually {
            guard let admin = try? Files.text("\(folder)/envoy.admin"), let port = admin.split(separator: ":").last else { return false }
            let list = try await Outcome([
                "/bin/bash", "-c",
                "exec 3<>/dev/tcp/127.0.0.1/\(port) && printf 'GET /listeners HTTP/1.1\\r\\nHost: a\\r\\nConnection: close\\r\\n\\r\\n' >&3 && cat <&3",
            ])
            front = list.output.firstMatch(of: /front::(127\.0\.0\.1:[1-9][0-9]*)/).map { String($0.output.1) } ?? ""
            return !front.isEmpty
        }
        return (envoy, try await served.deployment.channel(to: front, EventLoop(name: "envoy")).channel)
    }

    private func behindEnvoy(believed: Bool, _ body: (ServedProgram, RPC.Channel) async throws -> Void) async throws {
        try await ServedProgram.with({
            let proxies = believed ? ", \"proxies\": [\"spiffe://prod.example.com/svc/edge\"]" : ""
            return $0.replacing("\"port\": 0", with: "\"port\": 0, \"proxies\": [\"127.0.0.0/8\"]")
                .replacing("\"issuer\": \"example\"", with: "\"issuer\": \"example\"\(proxies)")
        }) { (served) async throws in
            let folder = served.deployment.folder
            let issued = try await BuiltPrograms.switchboard(
                "cert", "issue", "edge", "--ca", "\(folder)/ca.pem", "--ca-key", "\(folder)/ca.key", "--trust-domain", "prod.example.com",
                "--out", folder)
            try #require(issued.exitCode == 0, "\(issued)")
            let (envoy, channel) = try await channel(served)
            try await body(served, channel)
            await channel.close()
            envoy.signal(15)
            _ = try await envoy.rest()
        }
    }

    @Test("R25 · connections that Envoy forwards say whose they are; who comes from its address without that does not get in")
    func direct() async throws {
        try await behindEnvoy(believed: false) { served, channel in
            #expect(try await HealthClient(channel).check(HealthCheckRequest(), CallOptions(timeout: .seconds(60))).status == .serving)
            let direct = try await served.refusal("/switchboard.lead.v1.LeadService/ListLeads", [], served.options())
            #expect(direct?.code == .unavailable, "\(String(describing: direct))")
            try await eventually { !served.log("\"violation\":\"proxy_header\"").isEmpty }
        }
    }

    @Test("R25 · behind Envoy a caller is who its own certificate says, and its token is bound to that")
    func believed() async throws {
        try await behindEnvoy(believed: true) { served, channel in
            let leads = LeadServiceClient(channel)
            _ = try await leads.listLeads(ListLeadsRequest(), served.options())
            // What a client says of itself, Envoy does not pass on.
            var forged = try served.options()
            forged.metadata.append(
                "x-forwarded-client-cert", "Hash=\(String(repeating: "00", count: 32));URI=spiffe://prod.example.com/svc/other")
            _ = try await leads.listLeads(ListLeadsRequest(), forged)
        }
    }

    @Test("R25 · what a proxy says that nobody listed is not believed: the caller is the proxy, and the token is not bound to it")
    func unlisted() async throws {
        try await behindEnvoy(believed: false) { served, channel in
            do {
                _ = try await LeadServiceClient(channel).listLeads(ListLeadsRequest(), served.options())
                Issue.record("the token of another certificate was taken")
            } catch let error as RPCError {
                #expect(error.reason == "TOKEN_BINDING_MISMATCH", "\(error)")
            }
        }
    }
}
