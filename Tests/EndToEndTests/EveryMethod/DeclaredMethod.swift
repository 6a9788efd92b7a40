import Protobuf
import RPC
import StandardServices
import Testing

/// A method as a server's reflection shows it, with the policy that its .proto declares.
struct DeclaredMethod: CustomStringConvertible {
    let path: String
    /// Of `switchboard.options.v1.policy`; nil for gRPC's own services, whose .proto is not ours.
    let policy: DynamicMessage?
    let descriptor: MethodDescriptor

    var description: String { path }

    var scopes: [String] { policy?["scopes"]?.listValue?.compactMap(\.stringValue) ?? [] }

    var isPublic: Bool { policy?["public"]?.stringValue?.isEmpty == false }

    var requestBytesMax: Int? {
        guard case .uint32(let bytes)? = policy?["request_bytes_max"], bytes > 0 else { return nil }
        return Int(bytes)
    }

    /// It has more than one message in a direction.
    var isStreaming: Bool { descriptor.isClientStreaming || descriptor.isServerStreaming }

    /// Only for those who look after the platform.
    var isPlatforms: Bool { policy?["tenant"] == .enumeration(2) && !isPublic }

    /// Its calls are recorded with their requests.
    var isRecordedInFull: Bool { policy?["audit"] == .enumeration(3) }

    /// How many statements a call may send to the database; nil where the method does not say.
    var queriesMax: Int? {
        guard let queries = policy?["queries_max"]?.unsignedValue else { return nil }
        return Int(queries)
    }

    /// What a call has whose client names no deadline, and what any call has at most.
    var timeouts: (usual: Int, longest: Int)? {
        guard let usual = policy?["timeout"]?.messageValue?["seconds"]?.signedValue,
            let longest = policy?["timeout_max"]?.messageValue?["seconds"]?.signedValue
        else { return nil }
        return (Int(usual), Int(longest))
    }

    var isKeyed: Bool { policy?["idempotency"] == .enumeration(2) }

    /// All methods of a server, by reflection (grpc.reflection.v1).
    static func all(of channel: Channel, _ metadata: Metadata) async throws -> [DeclaredMethod] {
        let client = GrpcReflectionV1.ServerReflectionClient(channel)
        let files = try await client.serverReflectionInfo(CallOptions(metadata: metadata, timeout: .seconds(60))) { requests, replies in
            var iterator = replies.makeAsyncIterator()
            func ask(
                _ question: GrpcReflectionV1.ServerReflectionRequest.MessageRequest
            ) async throws -> GrpcReflectionV1.ServerReflectionResponse.MessageResponse? {
                var request = GrpcReflectionV1.ServerReflectionRequest()
                request.messageRequest = question
                try await requests.send(request)
                return try await iterator.next()?.messageResponse
            }
            var files: [String: FileDescriptorProto] = [:]
            var wanted: [String] = []
            guard case .listServicesResponse(let list)? = try await ask(.listServices("*")) else { return (files, [String]()) }
            for service in list.service {
                guard case .fileDescriptorResponse(let reply)? = try await ask(.fileContainingSymbol(service.name)) else { continue }
                for bytes in reply.fileDescriptorProto {
                    let file = try FileDescriptorProto(decoding: bytes)
                    files[file.name ?? ""] = file
                }
                wanted += files.values.flatMap(\.dependency)
            }
            while let name = wanted.popLast() {
                guard files[name] == nil, case .fileDescriptorResponse(let reply)? = try await ask(.fileByFilename(name)) else { continue }
                for bytes in reply.fileDescriptorProto {
                    let file = try FileDescriptorProto(decoding: bytes)
                    if files.updateValue(file, forKey: file.name ?? "") == nil { wanted += file.dependency }
                }
            }
            requests.finish()
            return (files, list.service.map(\.name))
        }
        let pool = try DescriptorPool(Array(files.0.values))
        return try files.1.flatMap { name in
            let service = try #require(pool.service(named: name), "reflection describes no \(name)")
            return try service.methods.map { method in
                let options = try method.proto.options.map { try DynamicMessage($0, in: pool) }
                return DeclaredMethod(
                    path: "/\(name)/\(method.name)", policy: options?["[switchboard.options.v1.policy]"]?.messageValue,
                    descriptor: method)
            }
        }
    }
}
