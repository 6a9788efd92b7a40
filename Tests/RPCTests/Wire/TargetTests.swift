import Testing

@testable import RPC

@Suite("Targets") struct TargetTests {
    @Test(
        "a host and a port, with brackets for IPv6",
        arguments: [
            ("localhost:80", "localhost", "localhost:80"), ("127.0.0.1:7443", "127.0.0.1", "127.0.0.1:7443"), ("[::1]:1", "::1", "[::1]:1"),
            ("a.b.example:65535", "a.b.example", "a.b.example:65535"), ("x:0", "x", "x:0"),
        ])
    func host(text: String, host: String, authority: String) throws {
        let target = try Target(text)
        #expect(target.host == host)
        #expect(target.authority(nil) == authority)
        #expect(!target.isLocal)
    }

    @Test("another server name takes the host's place in the authority")
    func serverName() throws {
        #expect(try Target("127.0.0.1:80").authority("lead.example") == "lead.example:80")
        #expect(try Target("unix:/run/x").authority("lead.example") == "lead.example")
    }

    @Test("a Unix socket is local")
    func unix() throws {
        let target = try Target("unix:/run/switchboard.sock")
        #expect(target.isLocal)
        #expect(target.host == "localhost")
        #expect(target.authority(nil) == "localhost")
        guard case .unix("/run/switchboard.sock") = target.place else {
            Issue.record("not a path: \(target.place)")
            return
        }
    }

    @Test(
        "what is no target is refused with what to write",
        arguments: [
            "", ":", ":80", "localhost", "localhost:", "localhost:http", "localhost:65536", "localhost:-1", "::1:80", "[::1]", "[]:80",
            "unix:", "http://x:80", "a b:80", "[::1:80",
        ])
    func refused(text: String) {
        #expect {
            try Target(text)
        } throws: { error in
            let error = error as? RPCError
            return error?.code == .invalidArgument && error?.message.contains("host:port") == true
        }
    }
}
