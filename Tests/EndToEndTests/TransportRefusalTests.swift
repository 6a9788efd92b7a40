import Console
import Glibc
import Net
import Platform
import Protobuf
import RPC
import TLS
import TestSupport
import Testing

/// Who does not get as far as to make a call, asked of the program over real sockets with OpenSSL's own client.
struct TransportRefusalTests {
    /// What `openssl s_client` came to: it ends with the connection, or when it has nothing more to say.
    private func openssl(_ served: ServedProgram, as name: String? = "admin", _ options: String...) async throws -> Outcome {
        let folder = served.deployment.folder
        let identity = name.map { ["-cert", "\(folder)/\($0).pem", "-key", "\(folder)/\($0).key"] } ?? []
        let command =
            ["openssl", "s_client", "-connect", served.address, "-CAfile", "\(folder)/ca.pem", "-verify_return_error", "-ign_eof"]
            + identity + options
        // Behind the handshake a server of HTTP/2 speaks first, and a client that says nothing loses the connection in the end.
        return try await Outcome(["/bin/sh", "-c", "sleep 1 | timeout 10 \"$@\" 2>&1 | tr -d '\\000'", "sh"] + command)
    }

    private func isIn(_ outcome: Outcome) -> Bool { outcome.output.contains("ALPN protocol: h2") && !outcome.output.contains("alert") }

    @Test("E9 · SEC-5 · TLS 1.3 with ALPN h2 and a client's certificate is spoken, and nothing else: not 1.2, not 1.1, no other protocol")
    func versions() async throws {
        try await ServedProgram.with { (served) async throws in
            #expect(isIn(try await openssl(served, as: "admin", "-alpn", "h2", "-tls1_3")))
            for options in [
                ["-alpn", "h2", "-tls1_2"], ["-alpn", "h2", "-tls1_1", "-cipher", "ALL:@SECLEVEL=0"],
                ["-alpn", "h2", "-tls1", "-cipher", "ALL:@SECLEVEL=0"], ["-alpn", "http/1.1"], [],
            ] {
                let outcome = try await Outcome(self.command(served, options))
                #expect(!isIn(outcome), "\(options): \(outcome)")
                // It is our server that says no, not the client that dares not ask.
                #expect(outcome.output.contains("alert"), "\(options): \(outcome)")
            }
        }
    }

    private func command(_ served: ServedProgram, _ options: [String]) -> [String] {
        let folder = served.deployment.folder
        return [
            "/bin/sh", "-c", "sleep 1 | timeout 10 \"$@\" 2>&1 | tr -d '\\000'", "sh", "openssl", "s_client", "-connect", served.address,
        ]
            + ["-CAfile", "\(folder)/ca.pem", "-cert", "\(folder)/admin.pem", "-key", "\(folder)/admin.key", "-ign_eof"] + options
    }

    @Test("E9 · SEC-5 · where TLS 1.2 is allowed, it is so with ephemeral keys and authenticated encryption alone")
    func ciphers() async throws {
        try await ServedProgram.with({ $0.replacing("\"clientRootsFile\"", with: "\"acceptTls12\": true, \"clientRootsFile\"") }) {
            (served) async throws in
            let strong = try await Outcome(command(served, ["-alpn", "h2", "-tls1_2", "-cipher", "ECDHE-ECDSA-AES128-GCM-SHA256"]))
            #expect(isIn(strong), "\(strong)")
            for cipher in ["ECDHE-ECDSA-AES128-SHA", "ECDHE-ECDSA-AES256-SHA384", "AES128-GCM-SHA256", "AES128-SHA", "NULL-SHA256"] {
                let outcome = try await Outcome(command(served, ["-alpn", "h2", "-tls1_2", "-cipher", "\(cipher):@SECLEVEL=0"]))
                #expect(!isIn(outcome), "\(cipher): \(outcome)")
                #expect(outcome.output.contains("handshake failure"), "\(cipher): \(outcome)")
            }
        }
    }

    @Test(
        "E9 · SEC-5 · R11 · who has no certificate, or one that is not for clients, gets no answer but an alert, and the log says who it was"
    )
    func certificates() async throws {
        try await ServedProgram.with { (served) async throws in
            for name in [nil, "server"] as [String?] {
                let outcome = try await openssl(served, as: name, "-alpn", "h2")
                #expect(outcome.output.contains("alert"), "\(outcome)")
            }
            try await eventually { served.log("\"event\":\"handshake_failed\"").count >= 2 }
        }
    }

    @Test(
        "E9 · SEC-5 · R18 · plain text is no TLS: neither HTTP/2 in the clear nor a browser gets a word of HTTP",
        arguments: [
            "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
            "OPTIONS /switchboard.lead.v1.LeadService/GetLead HTTP/1.1\r\nOrigin: https://a.example\r\n\r\n",
        ])
    func plaintext(text: String) async throws {
        try await ServedProgram.with { (served) async throws in
            let port = try #require(served.address.split(separator: ":").last)
            let outcome = try await Outcome([
                "/bin/bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/\(port); printf '%s' \"$1\" >&3; timeout 10 cat <&3 | od -An -tx1", "bash",
                text,
            ])
            // An alert record at most: 15 03 0x.
            #expect(!outcome.output.contains("48 54 54 50"), "\(outcome)")
            let first = outcome.output.split(whereSeparator: \.isWhitespace).first
            #expect(first == nil || first == "15", "\(outcome)")
        }
    }
}
