public import RPC

extension ErrorReason {
    /// The status that every error of this reason has.
    public var code: StatusCode {
        switch self {
        case .fieldViolation, .pageTokenInvalid, .idempotencyKeyMissing, .idempotencyKeyMalformed, .currencyMismatch,
            .gstinChecksum:
            .invalidArgument
        case .unauthenticated, .certificateMissing, .certificateUnnamed, .certificateAmbiguous, .certificateForwardedInvalid,
            .trustDomainUnknown, .serviceUnknown, .tokenMissing, .tokenMalformed, .tokenKeyUnknown, .tokenSignatureInvalid,
            .tokenIssuerUnknown, .tokenAudienceMismatch, .tokenExpired, .tokenNotYetValid, .tokenLifetimeTooLong, .tokenRevoked,
            .tokenBindingMismatch, .tokenTenantUntrusted, .webhookSignatureInvalid, .webhookTimestampOutOfTolerance:
            .unauthenticated
        case .permissionDenied, .scopeMissing, .scopeUndeclared, .tenantMismatch, .tenantSuspended, .fourEyesRequired, .exchangeNotAllowed,
            .delegationTooDeep, .entitlementRequired, .databaseRefused:
            .permissionDenied
        case .resourceNotFound:
            .notFound
        case .alreadyExists, .emailExists, .phoneExists, .duplicateCustomer, .jobUnique, .tenantExists:
            .alreadyExists
        case .idempotencyKeyReused, .referenceMissing, .constraintViolated, .keyRingMissing, .configurationUnusable, .preconditionFailed,
            .leadIllegalTransition,
            .importChanged, .jobStateUnfit, .suppressed, .consentMissing, .quietHours, .creditLimitExceeded, .insufficientStock,
            .invoiceImmutable, .periodLocked, .overAllocation, .confirmationRequired, .multipleCustomers, .legalHold, .oauthStateInvalid:
            .failedPrecondition
        case .aborted, .etagMismatch, .serializationConflict, .idempotencyInProgress, .importInProgress, .leaseLost:
            .aborted
        case .outOfRange, .seqCompacted, .dateRangeTooWide:
            .outOfRange
        case .limitReached, .rateLimited, .costBudget, .budgetExhausted, .concurrencyLimit, .sessionLimit, .messageTooLarge,
            .metadataTooLarge, .poolSaturated, .warmupCap:
            .resourceExhausted
        case .unavailable, .dbUnavailable, .commitUnknown, .breakerOpen, .draining:
            .unavailable
        case .deadlineExceeded:
            .deadlineExceeded
        case .cancelled:
            .cancelled
        case .unimplemented, .encodingUnknown:
            .unimplemented
        case .dataLoss, .aeadFailed, .auditChainBroken, .ledgerUnbalanced:
            .dataLoss
        case .requestMalformed, .internal:
            .internal
        }
    }

    /// What the peer reads where the place that fails has nothing better to say. It ends in a full stop and quotes nothing.
    public var sentence: String {
        switch self {
        case .fieldViolation: "A field of the request breaks a rule."
        case .pageTokenInvalid: "The page token is another list's, another caller's, or was changed."
        case .idempotencyKeyMissing: "The method wants an idempotency-key."
        case .idempotencyKeyMalformed: "The idempotency-key is not one word of 8 to 64 letters, digits, - or _."
        case .currencyMismatch: "Amounts of two currencies do not mix."
        case .gstinChecksum: "The last character of a GSTIN does not fit the others."
        case .unauthenticated: "Who calls is not proved."
        case .certificateMissing: "The connection has no client certificate."
        case .certificateUnnamed: "The client certificate names no service."
        case .certificateAmbiguous: "The client certificate names several services."
        case .certificateForwardedInvalid: "What a proxy says of the client's certificate is not one element of the known form."
        case .trustDomainUnknown: "The client certificate is of another trust domain."
        case .serviceUnknown: "The service that the client certificate names has no scopes here."
        case .tokenMissing: "The method wants a token."
        case .tokenMalformed: "The token has not the form that RFC 7519 and we demand."
        case .tokenKeyUnknown: "The token is signed with a key that is not, or no longer, known."
        case .tokenSignatureInvalid: "The token's signature is not its key's."
        case .tokenIssuerUnknown: "The token's issuer is not trusted."
        case .tokenAudienceMismatch: "The token is for somebody else."
        case .tokenExpired: "The token's time is over."
        case .tokenNotYetValid: "The token's time has not come."
        case .tokenLifetimeTooLong: "The token lives longer than any may."
        case .tokenRevoked: "The token, its subject or its key was revoked."
        case .tokenBindingMismatch: "The token is bound to another client certificate."
        case .tokenTenantUntrusted: "The token's issuer does not speak for the token's tenant."
        case .webhookSignatureInvalid: "The webhook's signature is not its provider's."
        case .webhookTimestampOutOfTolerance: "The webhook is too old, or from the future."
        case .permissionDenied: "The caller may not do this."
        case .scopeMissing: "The token lacks a scope; the metadata names it."
        case .scopeUndeclared: "Nobody may call the method: nothing is declared for it."
        case .tenantMismatch: "The method is for another tenant, or for the platform."
        case .tenantSuspended: "The tenant was suspended."
        case .fourEyesRequired: "Somebody else has to approve."
        case .exchangeNotAllowed: "The service may act in its own name only."
        case .delegationTooDeep: "The token has passed through too many services already."
        case .entitlementRequired: "The tenant's plan does not include it."
        case .databaseRefused: "The server itself may not do this."
        case .resourceNotFound: "There is nothing of this name."
        case .alreadyExists: "Something with this key exists already."
        case .emailExists: "Another lead has the e-mail address."
        case .phoneExists: "Another one has the phone number."
        case .duplicateCustomer: "The customer is known."
        case .jobUnique: "Another job with the same unique key has not ended."
        case .tenantExists: "Another tenant has the name."
        case .idempotencyKeyReused: "The idempotency-key was used for another request."
        case .referenceMissing: "Something that this refers to is not there, or is still referred to."
        case .constraintViolated: "The change breaks a rule of the data."
        case .keyRingMissing: "The server has no key to seal secrets with."
        case .configurationUnusable: "The configuration cannot be used; the server goes on with the one that it has."
        case .preconditionFailed: "The state of things does not allow it."
        case .leadIllegalTransition: "A lead cannot go from its status to that one."
        case .importChanged: "An import of this name has brought other rows."
        case .jobStateUnfit: "The job's state does not allow it."
        case .suppressed: "The person must not be contacted."
        case .consentMissing: "The person has not agreed."
        case .quietHours: "It is night where the person is."
        case .creditLimitExceeded: "The customer's credit does not cover it."
        case .insufficientStock: "There is not enough in stock."
        case .invoiceImmutable: "An issued invoice does not change."
        case .periodLocked: "The period is closed."
        case .overAllocation: "More would be allocated than there is."
        case .confirmationRequired: "It has to be confirmed first."
        case .multipleCustomers: "Several customers fit."
        case .legalHold: "The law forbids to remove it."
        case .oauthStateInvalid: "The state of the OAuth flow is unknown, used or too old."
        case .aborted: "Another change came in between."
        case .etagMismatch: "It is no longer the version that the etag names."
        case .serializationConflict: "Another change came in between: do the whole of it again."
        case .idempotencyInProgress: "The first call with this idempotency-key is not over."
        case .importInProgress: "Another stream carries the import."
        case .leaseLost: "Somebody else has the work now."
        case .outOfRange: "It is beyond the end."
        case .seqCompacted: "What came so early is not kept any more."
        case .dateRangeTooWide: "The time from beginning to end is too long."
        case .limitReached: "A limit of the server is reached; the sentence says which."
        case .rateLimited: "Too many calls; QuotaFailure names the limit, RetryInfo the time to come again."
        case .costBudget: "The budget is spent."
        case .budgetExhausted: "The budget of a session is spent."
        case .concurrencyLimit: "Too many calls of the method run or wait."
        case .sessionLimit: "Too many sessions are open."
        case .messageTooLarge: "A message has more bytes than are taken."
        case .metadataTooLarge: "The metadata has more bytes than are taken."
        case .poolSaturated: "The database has more work than it can take: try again in a moment."
        case .warmupCap: "The sender's domain may not send more today."
        case .unavailable: "The server cannot do this now: try again in a moment."
        case .dbUnavailable: "The database is not available. Nothing was changed: try again in a moment."
        case .commitUnknown:
            "The connection to the database broke during the commit. The change may or may not have taken place: repeat the call with the same idempotency-key, or look first."
        case .breakerOpen: "What it needs has failed too often."
        case .draining: "The server is going: call another one."
        case .deadlineExceeded: "The time was over before the call was done."
        case .cancelled: "The call was cancelled."
        case .unimplemented: "This server has no such method."
        case .encodingUnknown: "The messages are packed in a way that this server does not unpack."
        case .dataLoss: "What is kept is damaged. The server's log knows more under the request id."
        case .aeadFailed: "What is kept cannot be decrypted: it was changed, or is not where it was written."
        case .auditChainBroken: "The audit trail was changed."
        case .ledgerUnbalanced: "Debits and credits differ."
        case .requestMalformed: "A header field or the framing of a message is not as gRPC has it."
        case .internal: "Something went wrong in the server. Its log knows more under the request id."
        }
    }

    /// The reason of an error that was thrown with a status alone, as RPC's own are.
    init(_ code: StatusCode) {
        self =
            switch code {
            case .ok, .unknown, .internal: .internal
            case .cancelled: .cancelled
            case .invalidArgument: .fieldViolation
            case .deadlineExceeded: .deadlineExceeded
            case .notFound: .resourceNotFound
            case .alreadyExists: .alreadyExists
            case .permissionDenied: .permissionDenied
            case .resourceExhausted: .limitReached
            case .failedPrecondition: .preconditionFailed
            case .aborted: .aborted
            case .outOfRange: .outOfRange
            case .unimplemented: .unimplemented
            case .unavailable: .unavailable
            case .dataLoss: .dataLoss
            case .unauthenticated: .unauthenticated
            }
    }
}
