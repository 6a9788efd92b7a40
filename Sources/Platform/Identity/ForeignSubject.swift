internal import Crypto

extension TrustedIssuer {
    /// What a subject of its tokens is called here, in quotas, revocations, audit rows, and tokens that are exchanged for its own.
    ///
    /// Our own issuer's subjects have the names that it gives. Another one's `ada` is somebody else: `elsewhere#ada`. Where that is too long for
    /// a row's key, or could be read in two ways, it is a digest of both parts.
    func name(of subject: String) -> String {
        guard tenants != nil else { return subject }
        let name = "\(self.name)#\(subject)"
        if !self.name.contains("#"), name.utf8.count <= Limits.subjectBytes { return name }
        // No subject has a NUL, so that the last one ends the issuer.
        return "sha256:\(Base64URL.encode(SHA256.digest(Array("\(self.name)\0\(subject)".utf8))))"
    }
}
