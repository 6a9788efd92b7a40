internal import ConfigAPI

extension ConfigurationChecks {
    mutating func foreignIssuers(_ issuers: [Config.Issuer], besides own: String) -> [Settings.ForeignIssuer] {
        if issuers.count > 32 { note("identity.issuers", "It has at most 32 issuers.") }
        var seen: Set<String> = [own]
        return issuers.enumerated().map { index, issuer in
            let field = "identity.issuers[\(index)]"
            let name = text(issuer.name, "\(field).name")
            if !name.isEmpty, !seen.insert(name).inserted { note("\(field).name", "Another issuer has the same name.") }
            if issuer.tenants.isEmpty { note("\(field).tenants", "It needs at least one tenant for which this issuer speaks.") }
            for (place, tenant) in issuer.tenants.enumerated() where !Label.isValid(tenant) {
                note("\(field).tenants[\(place)]", "It has 1 to 63 lower-case letters, digits and hyphens.")
            }
            let scopes = patterns(issuer.scopes, "\(field).scopes")
            if issuer.scopes.isEmpty { note("\(field).scopes", "It needs at least one scope, or its tokens would allow nothing.") }
            return Settings.ForeignIssuer(
                trusted: TrustedIssuer(name: name, tenants: Set(issuer.tenants), scopes: scopes),
                keySetFile: path(issuer.keySetFile, "\(field).keySetFile"))
        }
    }

    mutating func services(_ services: [Config.Service]) -> ServiceScopes {
        if services.isEmpty { note("identity.services", "It needs at least one service, or nobody could call anything.") }
        if services.count > 1_000 { note("identity.services", "It has at most 1000 services.") }
        var byName: [String: ScopePatterns] = [:]
        for (index, service) in services.enumerated() {
            let field = "identity.services[\(index)]"
            let name = text(service.name, "\(field).name")
            if !name.isEmpty, name != "*", !Label.isValid(name) {
                note("\(field).name", "It has 1 to 63 lower-case letters, digits and hyphens, or is *.")
            }
            for (place, tenant) in service.tenants.enumerated() where tenant != "*" && !Label.isValid(tenant) {
                note("\(field).tenants[\(place)]", "It has 1 to 63 lower-case letters, digits and hyphens, or is *.")
            }
            if byName.updateValue(patterns(service.scopes, "\(field).scopes"), forKey: name) != nil {
                note("\(field).name", "Another service has the same name.")
            }
        }
        return ServiceScopes(byName)
    }

    mutating func platformTenants(_ tenants: [String]) -> Set<String> {
        if tenants.count > 16 { note("identity.platformTenants", "It has at most 16 tenants.") }
        for (index, tenant) in tenants.enumerated() where !Label.isValid(tenant) {
            note("identity.platformTenants[\(index)]", "It has 1 to 63 lower-case letters, digits and hyphens.")
        }
        return tenants.isEmpty ? ["platform"] : Set(tenants)
    }

    private mutating func patterns(_ scopes: [String], _ field: String) -> ScopePatterns {
        for (index, scope) in scopes.enumerated() where !Self.isPattern(scope) {
            note("\(field)[\(index)]", "It is a scope like lead:read, or lead:* for all that begin so, or *.")
        }
        return ScopePatterns(scopes)
    }

    private static func isPattern(_ scope: String) -> Bool {
        if scope == "*" { return true }
        let parts = scope.split(separator: ":", omittingEmptySubsequences: false)
        return parts.count == 2 && isWord(parts[0]) && (parts[1] == "*" || isWord(parts[1]))
    }

    private static func isWord(_ text: Substring) -> Bool {
        !text.isEmpty && text.utf8.count <= 64
            && text.utf8.allSatisfy {
                (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0) || $0 == UInt8(ascii: "_") || $0 == UInt8(ascii: "-")
            }
    }
}

extension Settings {
    /// All whose tokens are taken: our own for every tenant, the others for theirs.
    public var trustedIssuers: [TrustedIssuer] {
        [TrustedIssuer(name: issuer)] + foreignIssuers.map(\.trusted)
    }
}
