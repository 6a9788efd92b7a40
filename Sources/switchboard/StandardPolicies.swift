internal import Platform
internal import RPC
internal import StandardServices

/// What gRPC's own services lack: their .proto files declare no policies.
extension HealthService {
    var governed: any Service {
        governed(
            by: MethodPolicy(
                .public(reason: "A probe has a certificate and no token."), tenant: .platform, rateClass: .probe, idempotency: .readOnly))
    }
}

extension ReflectionService {
    static func governed(for services: [any Service.Type]) -> [any Service] {
        let policy = MethodPolicy(.scopes([Scopes.reflect]), tenant: .platform, rateClass: .admin, idempotency: .readOnly)
        func governed(_ service: some Service) -> any Service { service.governed(by: policy) }
        return all(for: services).map { governed($0) }
    }
}
