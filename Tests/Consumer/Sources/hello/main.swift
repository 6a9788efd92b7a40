import RPC

struct Hello: Greeter {
    func greet(_ request: GreetRequest, _ call: Call) async throws -> GreetReply {
        GreetReply.with { $0.text = "Hello, \(request.name)!" }
    }
}

let address = CommandLine.arguments.dropFirst().first ?? "127.0.0.1:50051"
if let name = CommandLine.arguments.dropFirst(2).first {
    let greeter = GreeterClient(try Channel(address))
    let reply = try await greeter.greet(.with { $0.name = name }, CallOptions(timeout: .seconds(5)))
    print(reply.text)
} else {
    try await Server(services: [Hello()]).run(on: address) { print("serving on \($0)") }
}
