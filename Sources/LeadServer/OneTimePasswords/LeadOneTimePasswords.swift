public import LeadAPI
internal import Platform
internal import Postgres
public import RPC
public import Senders
internal import StandardTypes

/// The one-time password service: the leads of a tenant prove that they read the mail of their addresses.
public struct LeadOneTimePasswords: OneTimePasswordService {
    private let passwords: OneTimePasswords?

    /// - Parameter passwords: over a database whose schema has ``LeadSchema/migrations``; nil where no mail is sent.
    public init(_ passwords: OneTimePasswords?) {
        self.passwords = passwords
    }

    public func requestOneTimePassword(
        _ request: RequestOneTimePasswordRequest, _ call: Call
    ) async throws -> RequestOneTimePasswordReply {
        let (passwords, purpose) = (try configured(), try Self.word(request.purpose))
        let email = try Self.address(request.email)
        guard let address = try? MailAddress(email.display) else { throw LeadError.invalid("email", "No mail can be sent there.") }
        try await passwords.request(
            purpose, subject: email.normalised, to: Mailbox(address), Scope(call), isKnown: { $0.one(.isLeadAddress(email)) })
        var reply = RequestOneTimePasswordReply()
        reply.lifetime = StandardTypes.Duration()
        reply.lifetime?.seconds = OneTimePasswords.lifetimeSeconds
        return reply
    }

    public func verifyOneTimePassword(
        _ request: VerifyOneTimePasswordRequest, _ call: Call
    ) async throws -> VerifyOneTimePasswordReply {
        let (passwords, purpose) = (try configured(), try Self.word(request.purpose))
        let email = try Self.address(request.email)
        var reply = VerifyOneTimePasswordReply()
        switch try await passwords.verify(purpose, subject: email.normalised, code: request.code, Scope(call)) {
        case .verified: reply.verified = true
        case .wrong(let triesLeft): reply.triesLeft = Int32(clamping: triesLeft)
        case .noneActive: break
        }
        return reply
    }

    private func configured() throws -> OneTimePasswords {
        guard let passwords else {
            throw RPCError(reason: .preconditionFailed, "This server sends no codes: its configuration has no mail with a from_address.")
        }
        return passwords
    }

    private static func address(_ text: String) throws(LeadError) -> EmailAddress {
        guard let email = EmailAddress(text) else { throw .invalid("email", EmailAddress.flaw(in: text) ?? "It is no address.") }
        return email
    }

    private static func word(_ purpose: OneTimePasswordPurpose) throws(LeadError) -> String {
        switch purpose {
        case .confirmAddress: "confirm_address"
        case .preferences: "preferences"
        case .erasure: "erasure"
        default: throw .invalid("purpose", "This server does not know it.")
        }
    }
}

extension SQL {
    static func isLeadAddress(_ email: EmailAddress) -> SQL {
        "SELECT EXISTS (SELECT FROM lead WHERE tenant_id = current_tenant() AND email_normalised = \(email.normalised)) AS is_known"
    }
}
