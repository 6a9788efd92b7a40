public import RPC
internal import Protobuf

/// grpc.reflection.v1 and v1alpha (which older tools still ask for): a server tells what it serves.
public enum ReflectionService {
    /// Both versions, answering for `services` and for reflection itself.
    public static func all(for services: [any Service.Type]) -> [any Service] {
        let index = ReflectionIndex(services + [ReflectionV1.self, ReflectionV1alpha.self])
        return [ReflectionV1(index: index), ReflectionV1alpha(index: index)]
    }
}

struct ReflectionV1: GrpcReflectionV1.ServerReflection {
    typealias Request = GrpcReflectionV1.ServerReflectionRequest
    typealias Response = GrpcReflectionV1.ServerReflectionResponse

    let index: ReflectionIndex

    func serverReflectionInfo(_ requests: Inbound<Request>, _ call: Call, _ replies: Outbound<Response>) async throws {
        var answers = ReflectionAnswers(index)
        for try await request in requests { try await replies.send(answers.reply(to: request)) }
    }
}

/// The same messages under an older name: they are the same bytes.
struct ReflectionV1alpha: GrpcReflectionV1alpha.ServerReflection {
    typealias Request = GrpcReflectionV1alpha.ServerReflectionRequest
    typealias Response = GrpcReflectionV1alpha.ServerReflectionResponse

    let index: ReflectionIndex

    func serverReflectionInfo(_ requests: Inbound<Request>, _ call: Call, _ replies: Outbound<Response>) async throws {
        var answers = ReflectionAnswers(index)
        for try await request in requests {
            let reply = answers.reply(to: try ReflectionV1.Request(decoding: request.encoded()))
            try await replies.send(try Response(decoding: reply.encoded()))
        }
    }
}

extension ReflectionAnswers {
    mutating func reply(to request: ReflectionV1.Request) -> ReflectionV1.Response {
        var response = ReflectionV1.Response()
        response.validHost = request.host
        response.originalRequest = request
        switch answer(ReflectionQuestion(request)) {
        case .files(let files):
            var reply = GrpcReflectionV1.FileDescriptorResponse()
            reply.fileDescriptorProto = files
            response.messageResponse = .fileDescriptorResponse(reply)
        case .extensionNumbers(let type, let numbers):
            var reply = GrpcReflectionV1.ExtensionNumberResponse()
            reply.baseTypeName = type
            reply.extensionNumber = numbers
            response.messageResponse = .allExtensionNumbersResponse(reply)
        case .services(let names):
            var reply = GrpcReflectionV1.ListServiceResponse()
            reply.service = names.map { name in
                var service = GrpcReflectionV1.ServiceResponse()
                service.name = name
                return service
            }
            response.messageResponse = .listServicesResponse(reply)
        case .failure(let code, let message):
            var reply = GrpcReflectionV1.ErrorResponse()
            reply.errorCode = Int32(code.rawValue)
            reply.errorMessage = message
            response.messageResponse = .errorResponse(reply)
        }
        return response
    }
}

extension ReflectionQuestion {
    init(_ request: ReflectionV1.Request) {
        switch request.messageRequest {
        case .fileByFilename(let name)?: self = .fileByName(name)
        case .fileContainingSymbol(let symbol)?: self = .fileContainingSymbol(symbol)
        case .fileContainingExtension(let wanted)?:
            self = .fileContainingExtension(type: wanted.containingType, number: wanted.extensionNumber)
        case .allExtensionNumbersOfType(let type)?: self = .allExtensionNumbers(type: type)
        case .listServices?: self = .listServices
        case nil: self = .unknown
        }
    }
}
