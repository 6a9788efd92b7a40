import BenchAPI
import Protobuf
import RPC
import StandardServices
import Testing

@Suite("grpc.reflection", .timeLimit(.minutes(5))) struct ReflectionTests {
    typealias Client = GrpcReflectionV1.ServerReflectionClient
    typealias Request = GrpcReflectionV1.ServerReflectionRequest
    typealias Response = GrpcReflectionV1.ServerReflectionResponse

    private static func request(_ question: Request.MessageRequest?) -> Request {
        var request = Request()
        request.host = "any.example"
        request.messageRequest = question
        return request
    }

    /// The answers to these questions, asked in one stream, each after the answer to the one before.
    private func answers(_ questions: [Request.MessageRequest?]) async throws -> [Response] {
        var answers: [Response] = []
        let services: [any Service] =
            [EchoService(), HealthService()] + ReflectionService.all(for: [EchoService.self, HealthService.self])
        try await withLoopback(.cleartext, services) { loopback in
            answers = try await Client(loopback.client().channel).serverReflectionInfo { requests, replies in
                var answers: [Response] = []
                var iterator = replies.makeAsyncIterator()
                for question in questions {
                    try await requests.send(Self.request(question))
                    if let answer = try await iterator.next() { answers.append(answer) }
                }
                requests.finish()
                #expect(try await iterator.next() == nil)
                return answers
            }
        }
        #expect(answers.count == questions.count)
        return answers
    }

    private func files(_ response: Response?) throws -> [FileDescriptorProto] {
        guard case .fileDescriptorResponse(let reply)? = response?.messageResponse else {
            Issue.record("not files: \(String(describing: response))")
            return []
        }
        return try reply.fileDescriptorProto.map { try FileDescriptorProto(decoding: $0) }
    }

    private func errorCode(_ response: Response?) -> Int32? {
        guard case .errorResponse(let reply)? = response?.messageResponse else { return nil }
        return reply.errorCode
    }

    @Test("it lists the services, itself included, sorted")
    func list() async throws {
        let answer = try #require(try await answers([.listServices("*")]).first)
        guard case .listServicesResponse(let reply)? = answer.messageResponse else {
            Issue.record("no list: \(answer)")
            return
        }
        #expect(
            reply.service.map(\.name) == [
                "bench.v1.Echo", "grpc.health.v1.Health", "grpc.reflection.v1.ServerReflection", "grpc.reflection.v1alpha.ServerReflection",
            ])
        #expect(answer.validHost == "any.example")
        #expect(answer.originalRequest == Self.request(.listServices("*")))
    }

    @Test(
        "a symbol's file is found",
        arguments: [
            "bench.v1.Echo", "bench.v1.Echo.Unary", "bench.v1.EchoRequest", "bench.v1.EchoRequest.payload", ".bench.v1.EchoReply",
        ])
    func symbol(name: String) async throws {
        let files = try files(try await answers([.fileContainingSymbol(name)]).first)
        #expect(files.map(\.name) == ["bench/v1/echo.proto"])
        #expect(files.first?.service.first?.method.count == 4)
    }

    @Test(
        "nested types and enum values are symbols, too",
        arguments: ["grpc.health.v1.HealthCheckResponse.ServingStatus", "grpc.health.v1.HealthCheckResponse.SERVING"])
    func nested(name: String) async throws {
        let files = try files(try await answers([.fileContainingSymbol(name)]).first)
        #expect(files.map(\.name) == ["grpc/health/v1/health.proto"])
    }

    @Test("a file is found by its name, its imports before it; asked for again, it is told again, alone")
    func again() async throws {
        let name = "grpc/reflection/v1/reflection.proto"
        let answers = try await answers([
            .fileByFilename(name), .fileByFilename(name), .fileContainingSymbol("grpc.reflection.v1.ServerReflection"),
        ])
        for answer in answers { #expect(try files(answer).last?.name == name) }
    }

    @Test("what is not there is NOT_FOUND in its answer, and the stream goes on")
    func notFound() async throws {
        let answers = try await answers([
            .fileByFilename("no.proto"), .fileContainingSymbol("bench.v1"), .fileContainingSymbol(""),
            .allExtensionNumbersOfType("no.Type"),
            .listServices(""),
        ])
        #expect(answers.prefix(4).allSatisfy { errorCode($0) == 5 })
        #expect(errorCode(answers.last) == nil)
    }

    @Test("a message without extensions has none")
    func extensions() async throws {
        let answers = try await answers([
            .allExtensionNumbersOfType("bench.v1.EchoRequest"),
            .fileContainingExtension(
                {
                    var wanted = GrpcReflectionV1.ExtensionRequest()
                    wanted.containingType = "bench.v1.EchoRequest"
                    wanted.extensionNumber = 7
                    return wanted
                }()),
        ])
        guard case .allExtensionNumbersResponse(let reply)? = answers.first?.messageResponse else {
            Issue.record("no numbers: \(answers)")
            return
        }
        #expect(reply.extensionNumber.isEmpty)
        #expect(errorCode(answers.last) == 5)
    }

    @Test("a question that asks nothing is INVALID_ARGUMENT")
    func nothing() async throws {
        #expect(errorCode(try await answers([nil]).first) == 3)
    }

    @Test("v1alpha answers with the same bytes")
    func alpha() async throws {
        try await withLoopback(.cleartext, [EchoService()] + ReflectionService.all(for: [EchoService.self])) { loopback in
            let client = GrpcReflectionV1alpha.ServerReflectionClient(try loopback.client().channel)
            let names = try await client.serverReflectionInfo { requests, replies in
                var request = GrpcReflectionV1alpha.ServerReflectionRequest()
                request.messageRequest = .fileContainingSymbol("bench.v1.Echo")
                try await requests.send(request)
                requests.finish()
                var names: [String?] = []
                for try await reply in replies {
                    guard case .fileDescriptorResponse(let files)? = reply.messageResponse else { continue }
                    names += try files.fileDescriptorProto.map { try FileDescriptorProto(decoding: $0).name }
                }
                return names
            }
            #expect(names == ["bench/v1/echo.proto"])
        }
    }
}
