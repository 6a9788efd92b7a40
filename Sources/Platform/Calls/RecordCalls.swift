internal import Protobuf
public import RPC

/// Writes to the log who has called what, and how it ended: of the methods whose policy has `audit: AUDIT_META` or `AUDIT_FULL`. Of the latter
/// also the request, as JSON without its sensitive fields. It stands behind ``RequireToken``, which knows
/// who calls, and before ``RequireScope``, so that what was not allowed is recorded, too.
public struct RecordCalls: ServerInterceptor {
    private let log: Log
    private let requests: [String: RecordedRequest]

    /// - Parameter services: those whose calls are recorded; what their requests have in them is settled now.
    public init(log: Log, for services: [any Service]) {
        self.log = log
        var requests: [String: RecordedRequest] = [:]
        for service in services {
            let full = service.routes.map(\.method).filter { $0.policy?.audit == .full && $0.kind.hasOneRequest }
            guard !full.isEmpty, let pool = try? DescriptorPool([type(of: service).file]) else { continue }
            let descriptor = pool.service(named: type(of: service).serviceName)
            for method in full {
                if let input = descriptor?.method(named: method.name)?.input { requests[method.path] = RecordedRequest(input) }
            }
        }
        self.requests = requests
    }

    public func applies(to method: MethodInfo) -> Bool { method.policy.map { $0.audit != .none } ?? false }

    public func intercept(_ call: Call, next: Next) async throws {
        // What no service has is in nobody's policy, and its refusal is in the log.
        guard let method = call.method else { return try await next(call) }
        let request = method.policy?.audit == .full ? requests[method.path] : nil
        call.keepsRequest = request != nil
        do {
            try await next(call)
        } catch {
            write(call, method, request, ErrorAnswer.answer(to: error).code)
            throw error
        }
        write(call, method, request, .ok)
    }

    private func write(_ call: Call, _ method: MethodInfo, _ request: RecordedRequest?, _ outcome: StatusCode) {
        let json = request.map { recorded in call.request.map { recorded.json($0) } ?? "" } ?? ""
        log.write(
            .info, "call_recorded", common: call[Caller.self]?.logFields ?? Self.nobody,
            [
                "request_id": .text(call.requestID), "method": .text(method.fullName), "outcome": .text(outcome.description),
                "request": .text(json),
            ])
    }

    private static let nobody = Caller(service: "", subject: "", tenant: "", scopes: [], tokenID: "", expires: 0).logFields
}
