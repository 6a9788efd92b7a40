import ProtoPolicy
import Protobuf

/// Writes one service: the protocol a server implements, its methods, its routes, and a client.
struct ServiceEmitter {
    private let file: FileEmitter
    private let service: ServiceDescriptor
    private let path: [Int32]
    private let name: String
    private let methodsName: String
    private let clientName: String
    private let methods: [Method]

    private struct Method {
        let name: String
        let protoName: String
        let request: String
        let reply: String
        let kind: String
        let comment: String?
        let isDeprecated: Bool
        let policy: DeclaredPolicy?
    }

    init(_ service: ServiceDescriptor, path: [Int32], of file: FileEmitter) throws(EmitError) {
        self.file = file
        self.service = service
        self.path = path
        name = file.scope.serviceName(service.proto.name ?? "")
        let bare = String(name.filter { $0 != "`" })
        methodsName = file.scope.companion(bare + "Methods")
        clientName = file.scope.companion(bare + "Client")
        var names = UniqueNames()
        _ = names.claim("routes", or: "")
        var methods: [Method] = []
        for (index, method) in service.methods.enumerated() {
            let name = SwiftName.member(method.name)
            let policy = DeclaredPolicy(method.proto, in: file.scope.pool)
            let steps = path + [PathStep.serviceMethod, Int32(index)]
            for fault in policy?.faults ?? [] {
                file.scope.rules.errors.append(RuleError(message: "\"\(method.name)\" \(fault.sentence)", path: steps, word: fault.word))
            }
            let kind =
                switch (method.isClientStreaming, method.isServerStreaming) {
                case (false, false): "unary"
                case (false, true): "serverStreaming"
                case (true, false): "clientStreaming"
                case (true, true): "bidirectional"
                }
            methods.append(
                Method(
                    name: names.claim(name, or: name + "_"), protoName: method.name,
                    request: try file.reference(to: method.input.fullName, in: EnclosingTypes()),
                    reply: try file.reference(to: method.output.fullName, in: EnclosingTypes()),
                    kind: kind, comment: file.comments[steps],
                    isDeprecated: method.proto.options?.deprecated == true
                        || [method.proto.inputType, method.proto.outputType].contains(where: file.scope.isDeprecated),
                    policy: policy))
        }
        self.methods = methods
    }

    /// The parts that may stand in a name space; `emitExtension` writes what may not.
    func emit(to text: inout SourceText) throws(EmitError) {
        text.documentation(file.comments[path])
        text.deprecation(isDeprecated)
        try text.block("public protocol \(name): RPC.Service") { text in
            for method in methods {
                text.documentation(method.comment)
                text.deprecation(method.isDeprecated)
                text.line("func \(method.name)(\(handlerParameters(method))) async throws\(handlerResult(method))")
            }
        }
        text.line()
        text.deprecation(isDeprecated)
        try text.block("public enum \(methodsName)") { text in
            for method in methods {
                text.deprecation(method.isDeprecated)
                let type = "RPC.Method<\(method.request), \(method.reply)>"
                let policy = method.policy.map { ", policy: \($0.swift)" } ?? ""
                let names = "service: \"\(service.fullName)\", name: \"\(method.protoName)\""
                text.line("public static let \(method.name) = \(type)(\(names), kind: .\(method.kind)\(policy))")
            }
        }
        text.line()
        try emitClient(to: &text)
    }

    func emitExtension(to text: inout SourceText) throws(EmitError) {
        let prefix = file.namespace.map { $0 + "." } ?? ""
        text.deprecation(isDeprecated)
        try text.block("extension \(prefix)\(name)") { text in
            text.line("public static var serviceName: Swift.String { \"\(service.fullName)\" }")
            text.line("public static var file: Protobuf.EmbeddedFile { .\(SwiftName.file(service.fileName)) }")
            text.deprecation(methods.contains(where: \.isDeprecated))
            text.line("public var routes: [RPC.Route] {")
            text.line("    [")
            for method in methods {
                let handled = "self.\(method.name)(\(handlerArguments(method)))"
                let run = handlerResult(method).isEmpty ? "try await \(handled)" : "try messages.reply(try await \(handled))"
                text.line("        .init(\(prefix)\(methodsName).\(method.name)) { call, messages in \(run) },")
            }
            text.line("    ]")
            text.line("}")
        }
    }

    private func emitClient(to text: inout SourceText) throws(EmitError) {
        text.line("/// Calls `\(service.fullName)`.")
        text.deprecation(isDeprecated)
        try text.block("public struct \(clientName): Swift.Sendable") { (text) throws(EmitError) in
            text.line("public let channel: RPC.Channel")
            text.line()
            text.line("public init(_ channel: RPC.Channel) { self.channel = channel }")
            for method in methods {
                text.line()
                text.documentation(method.comment)
                text.deprecation(method.isDeprecated)
                let (parameters, effects, arguments) = clientSignature(method)
                try text.block("public func \(method.name)\(parameters) async \(effects)") { text in
                    text.line("try await self.channel.\(method.kind)(\(methodsName).\(method.name), \(arguments))")
                }
            }
        }
    }

    private func handlerParameters(_ method: Method) -> String {
        switch method.kind {
        case "unary": "_ request: \(method.request), _ call: RPC.Call"
        case "serverStreaming": "_ request: \(method.request), _ call: RPC.Call, _ replies: RPC.Outbound<\(method.reply)>"
        case "clientStreaming": "_ requests: RPC.Inbound<\(method.request)>, _ call: RPC.Call"
        default: "_ requests: RPC.Inbound<\(method.request)>, _ call: RPC.Call, _ replies: RPC.Outbound<\(method.reply)>"
        }
    }

    private func handlerArguments(_ method: Method) -> String {
        switch method.kind {
        case "unary": "try messages.request(\(method.request).self), call"
        case "serverStreaming": "try messages.request(\(method.request).self), call, messages.replies(\(method.reply).self)"
        case "clientStreaming": "messages.requests(\(method.request).self), call"
        default: "messages.requests(\(method.request).self), call, messages.replies(\(method.reply).self)"
        }
    }

    private func handlerResult(_ method: Method) -> String {
        method.kind == "unary" || method.kind == "clientStreaming" ? " -> \(method.reply)" : ""
    }

    private func clientSignature(_ method: Method) -> (parameters: String, effects: String, arguments: String) {
        let options = "_ options: RPC.CallOptions = RPC.CallOptions()"
        switch method.kind {
        case "unary":
            return ("(_ request: \(method.request), \(options))", "throws(RPC.RPCError) -> \(method.reply)", "request, options")
        case "serverStreaming":
            return (
                "(_ request: \(method.request), \(options))", "throws(RPC.RPCError) -> RPC.Inbound<\(method.reply)>", "request, options"
            )
        case "clientStreaming":
            let send = "_ send: sending (RPC.Outbound<\(method.request)>) async throws -> Swift.Void"
            return ("(\(options), \(send))", "throws(RPC.RPCError) -> \(method.reply)", "options, send")
        default:
            var outcome = "Outcome"
            while method.request.hasPrefix(outcome) || method.reply.hasPrefix(outcome) {
                outcome += "_"
            }
            let streams = "RPC.Outbound<\(method.request)>, RPC.Inbound<\(method.reply)>"
            let body = "_ body: (\(streams)) async throws -> \(outcome)"
            return ("<\(outcome): Swift.Sendable>(\(options), \(body))", "throws -> \(outcome)", "options, body")
        }
    }

    private var isDeprecated: Bool { service.proto.options?.deprecated == true }
}
