import BenchAPI
import Protobuf
import Testing

@testable import RPC

@Suite("The table of routes") struct RouteTableTests {
    private func find(_ path: String) throws -> MethodInfo? {
        let table = try RouteTable([EchoService()])
        return unsafe Array(path.utf8).withUnsafeBytes { unsafe table.route($0)?.method }
    }

    @Test("every method is found by its path", arguments: ["Unary", "BidiStream", "ServerStream", "ClientStream"])
    func found(name: String) throws {
        #expect(try find("/bench.v1.Echo/\(name)")?.name == name)
    }

    @Test(
        "any other spelling is another path, and there is none",
        arguments: [
            "", "/", "bench.v1.Echo/Unary", "/bench.v1.Echo/unary", "/Bench.v1.Echo/Unary", "/bench.v1.Echo/Unary/", "/bench.v1.Echo/Unar",
            "/bench.v1.Echo/UnaryX", "//bench.v1.Echo/Unary", "/./bench.v1.Echo/Unary", "/x/../bench.v1.Echo/Unary",
            "/bench.v1.Echo//Unary", "/bench.v1.Echo/Unary?x=1", "/bench.v1.Echo/Unary#", "/bench.v1.Echo/%55nary", "/bench.v1.Echo",
            "/bench.v1.Echo/", "/bench.v1.Echo/Unary ", "/bench.v1.Echo/Unary\u{0}", "*",
        ])
    func notFound(path: String) throws {
        #expect(try find(path) == nil)
    }

    @Test("two services of one name are refused")
    func duplicates() {
        #expect {
            try RouteTable([EchoService(), EchoService()])
        } throws: { error in
            (error as? RPCError)?.message.contains("bench.v1.Echo is registered twice") == true
        }
    }

    @Test("services are listed in order, and there may be none")
    func services() throws {
        #expect(try RouteTable([Many(count: 0), EchoService()]).services == ["bench.v1.Echo", "test.Many"])
        #expect(try RouteTable([]).services == [])
    }

    @Test("a thousand methods are all found")
    func thousand() throws {
        let table = try RouteTable([Many(count: 1_000)])
        for number in 0..<1_000 {
            let found = unsafe Array("/test.Many/M\(number)".utf8).withUnsafeBytes { unsafe table.route($0)?.method.name }
            #expect(found == "M\(number)")
        }
        #expect(unsafe Array("/test.Many/M1000".utf8).withUnsafeBytes { unsafe table.route($0) } == nil)
    }

    private struct Many: Service {
        static let serviceName = "test.Many"
        static let file = EmbeddedFile("many.proto", base64: "")
        let count: Int

        var routes: [Route] {
            (0..<count).map { number in
                .init(Method<EchoRequest, EchoReply>(service: "test.Many", name: "M\(number)", kind: .unary)) { _, _ in }
            }
        }
    }
}
