import Net
import Testing

@testable import RPC

@Suite("Targets") struct TargetTests {
    @Test(
        "a host and a port, with brackets for IPv6",
        arguments: [
            ("localhost:80", "localhost", "localhost:80"), ("127.0.0.1:7443", "127.0.0.1", "127.0.0.1:7443"), ("[::1]:1", "::1", "[::1]:1"),
            ("a.b.example:65535", "a.b.example", "a.b.example:65535"), ("x:0", "x", "x:0"),
            ("dns:///x.example:1", "x.example", "x.example:1"),
            ("dns:x.example:1", "x.example", "x.example:1"), ("DNS:///[::1]:9", "::1", "[::1]:9"),
        ])
    func host(text: String, host: String, authority: String) throws {
        let target = try Target(text)
        #expect(target.serverName(for: nil) == host)
        #expect(target.authority(nil) == authority)
        #expect(!target.isLocal)
    }

    @Test("an address needs no look-up, a name does")
    func lookUp() throws {
        #expect(try Target("dns:///127.0.0.1:80").fixedAddresses([:]) == [SocketAddress(ip: "127.0.0.1", port: 80)])
        #expect(try Target("localhost:80").fixedAddresses([:]) == nil)
    }

    @Test("lists of addresses of one family")
    func lists() throws {
        let four = try Target("ipv4:127.0.0.1:80,127.0.0.2:81")
        let expected = [try SocketAddress(ip: "127.0.0.1", port: 80), try SocketAddress(ip: "127.0.0.2", port: 81)]
        #expect(four.fixedAddresses([:]) == expected)
        #expect(four.authority(nil) == "127.0.0.1:80")
        #expect(four.serverName(for: expected[1]) == "127.0.0.2")
        let six = try Target("ipv6:[::1]:80,[::2]:81")
        #expect(six.fixedAddresses([:]) == [try SocketAddress(ip: "::1", port: 80), try SocketAddress(ip: "::2", port: 81)])
        #expect(six.authority(nil) == "[::1]:80")
    }

    @Test("another server name takes the host's place in the authority")
    func serverName() throws {
        #expect(try Target("127.0.0.1:80").authority("lead.example") == "lead.example:80")
        #expect(try Target("unix:/run/x").authority("lead.example") == "lead.example")
        #expect(try Target("ipv4:127.0.0.1:80").authority("lead.example") == "lead.example:80")
    }

    @Test("a Unix socket is local", arguments: ["unix:/run/switchboard.sock", "unix:///run/switchboard.sock", "unix:run/x.sock"])
    func unix(text: String) throws {
        let target = try Target(text)
        #expect(target.isLocal)
        #expect(target.authority(nil) == "localhost")
        let path = text.hasSuffix("x.sock") ? "run/x.sock" : "/run/switchboard.sock"
        #expect(target.fixedAddresses([:]) == [.unix(path: path)])
    }

    @Test("a static name stands for what the configuration says", arguments: ["static:lead", "static:///lead"])
    func configured(text: String) throws {
        let target = try Target(text)
        let names = ["lead": [SocketAddress.unix(path: "/a")], "empty": []]
        #expect(target.fixedAddresses(names) == [.unix(path: "/a")])
        #expect(target.authority(nil) == "lead")
        try target.check(names)
        #expect(throws: RPCError.self) { try target.check([:]) }
        #expect {
            try Target("static:crew").check(names)
        } throws: {
            "\($0)".contains("it has empty, lead")
        }
        #expect(throws: RPCError.self) { try Target("static:empty").check(names) }
    }

    @Test(
        "what is no target is refused with what is wrong, and with what to write",
        arguments: [
            ("", "is empty"), (":", "no port"), (":80", "no host"), ("localhost", "no port"), ("localhost:", "no port"),
            ("localhost:http", "is no port"), ("localhost:65536", "is no port"), ("localhost:-1", "is no port"),
            ("localhost:+1", "is no port"),
            ("::1:80", "brackets"), ("[::1]", "no port"), ("[]:80", "no IPv6 address"), ("[127.0.0.1]:80", "no IPv6 address"),
            ("unix:", "0 bytes"), ("unix://x/y", "path"), ("http://x:80", "URL"), ("https://x", "URL"), ("a b:80", "letters"),
            ("[::1:80", "no IPv6 address"), ("ipv4:", "no port"), ("ipv4:127.0.0.1", "no port"), ("ipv4:x:80", "no IP address"),
            ("ipv4:[::1]:80", "other family"), ("ipv6:127.0.0.1:80", "other family"), ("ipv6:::1:80", "brackets"),
            ("ipv4:127.0.0.1:80,", "no port"), ("dns://8.8.8.8/x:80", "authority"), ("dns:///x", "no port"), ("static:", "names nothing"),
            ("xds:///x", "not supported"), ("foo://x:80", "unknown"), ("unix-abstract:x", "not supported"),
        ])
    func refused(text: String, reason: String) {
        #expect {
            try Target(text)
        } throws: { error in
            let error = error as? RPCError
            return error?.code == .invalidArgument && error?.message.contains(reason) == true
                && error?.message.contains("host:port") == true
        }
    }
}
