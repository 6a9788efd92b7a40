import Testing

@testable import HTTP2
@testable import RPC

@Suite("What a request's header section says") struct RequestHeadTests {
    private static let good = [
        (":method", "POST"), (":scheme", "http"), (":path", "/bench.v1.Echo/Unary"), (":authority", "localhost"), ("te", "trailers"),
        ("content-type", "application/grpc"),
    ]

    private func head(_ changes: [(String, String?)] = []) -> RequestHead {
        var fields = Self.good
        for (name, value) in changes {
            fields.removeAll { $0.0 == name }
            if let value { fields.append((name, value)) }
        }
        return RequestHead(HTTPFields(fields.map { (name: $0.0, value: $0.1) }))
    }

    private func status(_ head: RequestHead) -> Int? {
        guard case .http(let status, _) = head.refusal else { return nil }
        return status
    }

    private func code(_ head: RequestHead) -> StatusCode? {
        guard case .rpc(let code, _, _) = head.refusal else { return nil }
        return code
    }

    @Test("a request in order is not refused, and its path is found")
    func good() {
        let head = head()
        #expect(head.refusal == nil)
        #expect(head.timeout == nil)
        #expect(head.pathIndex == 2)
    }

    @Test("any method but POST is 405", arguments: ["GET", "PUT", "post", "CONNECT", "", "POSTS"])
    func method(method: String) {
        #expect(status(head([(":method", method)])) == 405)
    }

    @Test(
        "a content-type that is not gRPC's, or another codec's, is 415",
        arguments: [
            nil, "", "text/html", "application/json", "application/grpc+json", "application/grpc-web", "application/grpcx",
            "APPLICATION/GRPC+THRIFT",
            "application/grpc+proto2",
        ])
    func contentType(type: String?) {
        #expect(status(head([("content-type", type)])) == 415)
    }

    @Test(
        "gRPC's content-types are taken",
        arguments: ["application/grpc", "application/grpc+proto", "application/grpc;charset=utf-8", "application/grpc+proto; x=y"])
    func goodContentType(type: String) {
        #expect(head([("content-type", type)]).refusal == nil)
    }

    @Test("a wrong method counts before a wrong content-type")
    func both() {
        #expect(status(head([(":method", "GET"), ("content-type", nil)])) == 405)
    }

    @Test(
        "a timeout is read; one that is none is INTERNAL",
        arguments: [("1S", true), ("20m", true), ("x", false), ("", false), ("1234567890S", false)])
    func timeout(text: String, isGood: Bool) {
        let head = head([("grpc-timeout", text)])
        #expect((head.timeout != nil) == isGood)
        #expect(code(head) == (isGood ? nil : .internal))
    }

    @Test(
        "an encoding that is not spoken is UNIMPLEMENTED and named",
        arguments: [("identity", nil), ("gzip", nil), ("deflate", nil), ("br", .unimplemented), ("", .unimplemented)]
            as [(String, StatusCode?)])
    func encoding(name: String, expected: StatusCode?) {
        let head = head([("grpc-encoding", name)])
        #expect(code(head) == expected)
        if case .rpc(_, let message, _) = head.refusal { #expect(message.contains(name)) }
    }

    /// What the session keeps of `fields` under a budget.
    private func received(_ fields: [(String, String)], budget: Int) -> HTTPFields {
        let section = IncomingFields(budget: budget)
        for (name, value) in fields {
            unsafe Array(name.utf8).withUnsafeBytes { name in
                unsafe Array(value.utf8).withUnsafeBytes { value in
                    unsafe section.append(name: name, value: value)
                }
            }
        }
        return section.take().0
    }

    @Test("metadata over the budget is RESOURCE_EXHAUSTED and names the largest field")
    func overBudget() {
        let head = RequestHead(received(Self.good + [("x-huge", String(repeating: "x", count: 500))], budget: 500))
        guard case .rpc(.resourceExhausted, let message, .metadataTooLarge) = head.refusal else {
            Issue.record("not refused as RESOURCE_EXHAUSTED: \(String(describing: head.refusal))")
            return
        }
        #expect(message.contains("x-huge"))
    }

    @Test("the same when the fields that follow the large one were dropped, content-type among them")
    func overBudgetBeforeContentType() {
        let fields = Self.good.prefix(4) + [("x-huge", String(repeating: "x", count: 500))] + Self.good.dropFirst(4)
        #expect(code(RequestHead(received(Array(fields), budget: 500))) == .resourceExhausted)
    }
}
