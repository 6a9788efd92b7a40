import Testing

/// gRPC's own C core, as Python calls it. What each script checks stands in it, sentence by sentence.
@Suite("grpcio", .timeLimit(.minutes(10)))
struct GrpcioTests {
    @Test("makes the four kinds of call", arguments: EchoServer.Security.allCases)
    func calls(_ security: EchoServer.Security) async throws {
        try await EchoServer.serve(security) { try await PythonScript("calls").check($0) }
    }

    @Test("makes hundreds of calls at once over several connections", arguments: [EchoServer.Security.cleartext, .mutualTLS])
    func crowd(_ security: EchoServer.Security) async throws {
        try await EchoServer.serve(security) { try await PythonScript("crowd").check($0) }
    }

    @Test("sees what its calls failed of", arguments: [EchoServer.Security.cleartext, .mutualTLS])
    func failures(_ security: EchoServer.Security) async throws {
        try await EchoServer.serve(security) { try await PythonScript("failures").check($0) }
    }

    @Test("reads slowly, and uploads much", arguments: [EchoServer.Security.cleartext, .mutualTLS])
    func windows(_ security: EchoServer.Security) async throws {
        try await EchoServer.serve(security) { try await PythonScript("windows").check($0) }
    }

    @Test("has its calls ended well when the server is told to go", arguments: [EchoServer.Security.cleartext, .mutualTLS])
    func draining(_ security: EchoServer.Security) async throws {
        try await EchoServer.serve(security) { try await PythonScript("draining").check($0) }
    }

    @Test("exchanges metadata, finds methods by reflection, asks for health", arguments: ["metadata", "reflected", "health"])
    func features(_ script: String) async throws {
        try await EchoServer.serve(.mutualTLS) { try await PythonScript(script).check($0) }
    }

    @Test("tries calls again that our server fails, and keeps to its pushback", arguments: [EchoServer.Security.cleartext, .mutualTLS])
    func retries(_ security: EchoServer.Security) async throws {
        try await EchoServer.serve(security) { try await PythonScript("retries").check($0) }
    }

    @Test("is let in with a certificate of our authority only, and lets itself be served by such only")
    func identity() async throws {
        try await EchoServer.serve(.mutualTLS) { try await PythonScript("identity").check($0) }
    }
}

/// h2, a foreign HTTP/2 implementation, in the hands of scripts that send what no gRPC library would.
@Suite("h2", .timeLimit(.minutes(10)))
struct WireTests {
    @Test("sends unusual frames, and is served", arguments: [EchoServer.Security.cleartext, .mutualTLS])
    func frames(_ security: EchoServer.Security) async throws {
        try await EchoServer.serve(security) { try await PythonScript("frames").check($0) }
    }

    @Test("sends what is broken or means harm, and gets its documented answer")
    func hostile() async throws {
        try await EchoServer.serve(.cleartext) { try await PythonScript("hostile").check($0) }
    }
}
