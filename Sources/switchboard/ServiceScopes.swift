internal import RPC
internal import LeadAPI
internal import Platform
internal import StandardServices

extension MethodScopes {
    /// What each method of this program demands of a token.
    static let all = MethodScopes([
        LeadServiceMethods.getLead.info.path: .scope("lead:read"),
        LeadServiceMethods.listLeads.info.path: .scope("lead:read"),
        LeadServiceMethods.batchGetLeads.info.path: .scope("lead:read"),
        LeadServiceMethods.exportLeads.info.path: .scope("lead:read"),
        LeadServiceMethods.createLead.info.path: .scope("lead:write"),
        LeadServiceMethods.updateLead.info.path: .scope("lead:write"),
        LeadServiceMethods.deleteLead.info.path: .scope("lead:write"),
        LeadServiceMethods.importLeads.info.path: .scope("lead:write"),
        HealthMethods.check.info.path: .nothing,
        HealthMethods.watch.info.path: .nothing,
        HealthMethods.list.info.path: .nothing,
        "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo": .scope(Scopes.reflect),
        "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo": .scope(Scopes.reflect),
    ])
}
