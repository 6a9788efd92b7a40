internal import Protobuf
internal import RPC
internal import StandardServices

/// The interface that a server serves, by its own word (grpc.reflection.v1), instead of what this program was built with.
enum ServedInterface {
    private typealias Reflection = GrpcReflectionV1

    /// All services of a server, with what they need. Options that it serves without their definition are known here: `known` has it.
    static func files(of channel: Channel, known: DescriptorPool) async throws -> [FileDescriptorProto] {
        var files = try await served(by: channel)
        var open = known.files.map { $0.name ?? "" }.filter { $0.hasPrefix("switchboard/options/") }
        while let name = open.popLast() {
            guard files[name] == nil, let file = known.files.first(where: { $0.name == name }) else { continue }
            files[name] = file
            open += file.dependency
        }
        return files.sorted { $0.key < $1.key }.map(\.value)
    }

    private static func served(by channel: Channel) async throws -> [String: FileDescriptorProto] {
        try await Reflection.ServerReflectionClient(channel).serverReflectionInfo(CallOptions(timeout: .seconds(60))) { requests, replies in
            var replies = replies.makeAsyncIterator()
            func ask(
                _ question: Reflection.ServerReflectionRequest.MessageRequest
            ) async throws -> Reflection.ServerReflectionResponse.MessageResponse? {
                var request = Reflection.ServerReflectionRequest()
                request.messageRequest = question
                try await requests.send(request)
                return try await replies.next()?.messageResponse
            }
            var files: [String: FileDescriptorProto] = [:]
            var open: [Reflection.ServerReflectionRequest.MessageRequest] = []
            if case .listServicesResponse(let list)? = try await ask(.listServices("*")) {
                open = list.service.map { .fileContainingSymbol($0.name) }
            }
            while let question = open.popLast() {
                if case .fileByFilename(let name) = question, files[name] != nil { continue }
                guard case .fileDescriptorResponse(let reply)? = try await ask(question) else { continue }
                for bytes in reply.fileDescriptorProto {
                    let file = try FileDescriptorProto(decoding: bytes)
                    if files.updateValue(file, forKey: file.name ?? "") == nil { open += file.dependency.map { .fileByFilename($0) } }
                }
            }
            requests.finish()
            return files
        }
    }
}
