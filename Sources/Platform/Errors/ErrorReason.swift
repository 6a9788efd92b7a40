/// Why a call fails: the `reason` of the `google.rpc.ErrorInfo` that every error of this server has, under the domain
/// ``RPC/RPCError/domain``. Programs decide by it, so that a name, once released, stays, and so does its status.
///
/// The same cause has the same reason in every service. `Docs/errors.md` is this table for those who call.
public enum ErrorReason: String, Sendable, Hashable, CaseIterable {
    // MARK: INVALID_ARGUMENT

    /// A field of the request breaks a rule; BadRequest names all that do.
    case fieldViolation = "FIELD_VIOLATION"
    /// The page token is another list's, another caller's, or was changed.
    case pageTokenInvalid = "PAGE_TOKEN_INVALID"
    /// The method wants an idempotency-key.
    case idempotencyKeyMissing = "IDEMPOTENCY_KEY_MISSING"
    /// The idempotency-key is not one word of 8 to 64 letters, digits, - or _.
    case idempotencyKeyMalformed = "IDEMPOTENCY_KEY_MALFORMED"
    /// Amounts of two currencies do not mix.
    case currencyMismatch = "CURRENCY_MISMATCH"
    /// The last character of a GSTIN does not fit the others.
    case gstinChecksum = "GSTIN_CHECKSUM"

    // MARK: UNAUTHENTICATED

    /// Who calls is not proved.
    case unauthenticated = "UNAUTHENTICATED"
    /// The connection has no client certificate.
    case certificateMissing = "CERTIFICATE_MISSING"
    /// The client certificate names no service.
    case certificateUnnamed = "CERTIFICATE_UNNAMED"
    /// The client certificate names several services.
    case certificateAmbiguous = "CERTIFICATE_AMBIGUOUS"
    /// What a proxy says of the client's certificate is not one element of the known form.
    case certificateForwardedInvalid = "CERTIFICATE_FORWARDED_INVALID"
    /// The client certificate is of another trust domain.
    case trustDomainUnknown = "TRUST_DOMAIN_UNKNOWN"
    /// The service that the client certificate names has no scopes here.
    case serviceUnknown = "SERVICE_UNKNOWN"
    /// The method wants a token.
    case tokenMissing = "TOKEN_MISSING"
    /// The token has not the form that RFC 7519 and we demand.
    case tokenMalformed = "TOKEN_MALFORMED"
    /// The token is signed with a key that is not, or no longer, known.
    case tokenKeyUnknown = "TOKEN_KEY_UNKNOWN"
    /// The token's signature is not its key's.
    case tokenSignatureInvalid = "TOKEN_SIGNATURE_INVALID"
    /// The token's issuer is not trusted.
    case tokenIssuerUnknown = "TOKEN_ISSUER_UNKNOWN"
    /// The token is for somebody else.
    case tokenAudienceMismatch = "TOKEN_AUDIENCE_MISMATCH"
    /// The token's time is over.
    case tokenExpired = "TOKEN_EXPIRED"
    /// The token's time has not come.
    case tokenNotYetValid = "TOKEN_NOT_YET_VALID"
    /// The token lives longer than any may.
    case tokenLifetimeTooLong = "TOKEN_LIFETIME_TOO_LONG"
    /// The token, its subject or its key was revoked.
    case tokenRevoked = "TOKEN_REVOKED"
    /// The token is bound to another client certificate.
    case tokenBindingMismatch = "TOKEN_BINDING_MISMATCH"
    /// The token's issuer does not speak for the token's tenant.
    case tokenTenantUntrusted = "TOKEN_TENANT_UNTRUSTED"
    /// The webhook's signature is not its provider's.
    case webhookSignatureInvalid = "WEBHOOK_SIGNATURE_INVALID"
    /// The webhook is too old, or from the future.
    case webhookTimestampOutOfTolerance = "WEBHOOK_TIMESTAMP_OUT_OF_TOLERANCE"

    // MARK: PERMISSION_DENIED

    /// The caller may not do this.
    case permissionDenied = "PERMISSION_DENIED"
    /// The token lacks a scope; the metadata names it.
    case scopeMissing = "SCOPE_MISSING"
    /// Nobody may call the method: nothing is declared for it.
    case scopeUndeclared = "SCOPE_UNDECLARED"
    /// The method is for another tenant, or for the platform.
    case tenantMismatch = "TENANT_MISMATCH"
    /// The tenant was suspended.
    case tenantSuspended = "TENANT_SUSPENDED"
    /// Somebody else has to approve.
    case fourEyesRequired = "FOUR_EYES_REQUIRED"
    /// The service may act in its own name only.
    case exchangeNotAllowed = "EXCHANGE_NOT_ALLOWED"
    /// The token has passed through too many services already.
    case delegationTooDeep = "DELEGATION_TOO_DEEP"
    /// The tenant's plan does not include it.
    case entitlementRequired = "ENTITLEMENT_REQUIRED"
    /// The server's own role in PostgreSQL may not do this: a defect, of which the log has an error.
    case databaseRefused = "DATABASE_REFUSED"

    // MARK: NOT_FOUND

    /// There is nothing of this name.
    case resourceNotFound = "RESOURCE_NOT_FOUND"

    // MARK: ALREADY_EXISTS

    /// Something with this key exists.
    case alreadyExists = "ALREADY_EXISTS"
    /// Another lead has the e-mail address.
    case emailExists = "EMAIL_EXISTS"
    /// Another one has the phone number.
    case phoneExists = "PHONE_EXISTS"
    /// The customer is known.
    case duplicateCustomer = "DUPLICATE_CUSTOMER"
    /// Another job with the same unique key has not ended.
    case jobUnique = "JOB_UNIQUE"
    /// Another tenant has the name.
    case tenantExists = "TENANT_EXISTS"

    // MARK: FAILED_PRECONDITION

    /// The idempotency-key was used for another request.
    case idempotencyKeyReused = "IDEMPOTENCY_KEY_REUSED"
    /// What is referred to is not there, or is still referred to.
    case referenceMissing = "REFERENCE_MISSING"
    /// The change breaks a rule of the data.
    case constraintViolated = "CONSTRAINT_VIOLATED"
    /// The server has no key to seal secrets with.
    case keyRingMissing = "KEY_RING_MISSING"
    /// A configuration was to be read again, and cannot be used.
    case configurationUnusable = "CONFIG_UNUSABLE"
    /// The state of things does not allow it.
    case preconditionFailed = "PRECONDITION_FAILED"
    /// A lead cannot go from its status to that one.
    case leadIllegalTransition = "LEAD_ILLEGAL_TRANSITION"
    /// An import of this name has brought other rows.
    case importChanged = "IMPORT_CHANGED"
    /// The job's state does not allow it.
    case jobStateUnfit = "JOB_STATE_UNFIT"
    /// The person must not be contacted.
    case suppressed = "SUPPRESSED"
    /// The person has not agreed.
    case consentMissing = "CONSENT_MISSING"
    /// It is night where the person is.
    case quietHours = "QUIET_HOURS"
    /// The customer's credit does not cover it.
    case creditLimitExceeded = "CREDIT_LIMIT_EXCEEDED"
    /// There is not enough in stock.
    case insufficientStock = "INSUFFICIENT_STOCK"
    /// An issued invoice does not change.
    case invoiceImmutable = "INVOICE_IMMUTABLE"
    /// The period is closed.
    case periodLocked = "PERIOD_LOCKED"
    /// More would be allocated than there is.
    case overAllocation = "OVER_ALLOCATION"
    /// It has to be confirmed first.
    case confirmationRequired = "CONFIRMATION_REQUIRED"
    /// Several customers fit.
    case multipleCustomers = "MULTIPLE_CUSTOMERS"
    /// The law forbids to remove it.
    case legalHold = "LEGAL_HOLD"
    /// The state of the OAuth flow is unknown, used or too old.
    case oauthStateInvalid = "OAUTH_STATE_INVALID"

    // MARK: ABORTED

    /// Another change came in between.
    case aborted = "ABORTED"
    /// It is no longer the version that the etag names.
    case etagMismatch = "ETAG_MISMATCH"
    /// Another transaction won.
    case serializationConflict = "SERIALIZATION_CONFLICT"
    /// The first call with this idempotency-key is not over.
    case idempotencyInProgress = "IDEMPOTENCY_IN_PROGRESS"
    /// Another stream carries the import.
    case importInProgress = "IMPORT_IN_PROGRESS"
    /// Somebody else has the work now.
    case leaseLost = "LEASE_LOST"

    // MARK: OUT_OF_RANGE

    /// It is beyond the end.
    case outOfRange = "OUT_OF_RANGE"
    /// What came so early is not kept any more.
    case seqCompacted = "SEQ_COMPACTED"
    /// The time from beginning to end is too long.
    case dateRangeTooWide = "DATE_RANGE_TOO_WIDE"

    // MARK: RESOURCE_EXHAUSTED

    /// A limit of the server is reached; the sentence says which.
    case limitReached = "LIMIT_REACHED"
    /// Too many calls; QuotaFailure names the limit, RetryInfo the time to come again.
    case rateLimited = "RATE_LIMITED"
    /// The budget is spent.
    case costBudget = "COST_BUDGET"
    /// The budget of a session is spent.
    case budgetExhausted = "BUDGET_EXHAUSTED"
    /// Too many calls of the method run or wait.
    case concurrencyLimit = "CONCURRENCY_LIMIT"
    /// Too many sessions are open.
    case sessionLimit = "SESSION_LIMIT"
    /// A message has more bytes than are taken.
    case messageTooLarge = "MESSAGE_TOO_LARGE"
    /// The metadata has more bytes than are taken.
    case metadataTooLarge = "METADATA_TOO_LARGE"
    /// The database has more work than it can take.
    case poolSaturated = "POOL_SATURATED"
    /// The sender's domain may not send more today.
    case warmupCap = "WARMUP_CAP"

    // MARK: UNAVAILABLE

    /// The server, or what it needs, is not available.
    case unavailable = "UNAVAILABLE"
    /// The database is not available; nothing was changed.
    case dbUnavailable = "DB_UNAVAILABLE"
    /// The database went away during the commit.
    case commitUnknown = "COMMIT_UNKNOWN"
    /// What it needs has failed too often.
    case breakerOpen = "BREAKER_OPEN"
    /// The server is going: call another one.
    case draining = "DRAINING"

    // MARK: DEADLINE_EXCEEDED

    /// The caller's time, or the longest that the server grants, is over.
    case deadlineExceeded = "DEADLINE_EXCEEDED"

    // MARK: CANCELLED

    /// The call was cancelled.
    case cancelled = "CANCELLED"

    // MARK: UNIMPLEMENTED

    /// There is no such method here, or it is called the wrong way.
    case unimplemented = "UNIMPLEMENTED"
    /// Messages are packed in a way that is not spoken here.
    case encodingUnknown = "ENCODING_UNKNOWN"

    // MARK: DATA_LOSS

    /// What is kept is damaged.
    case dataLoss = "DATA_LOSS"
    /// A ciphertext was changed, or moved to another row.
    case aeadFailed = "AEAD_FAILED"
    /// The audit trail was changed.
    case auditChainBroken = "AUDIT_CHAIN_BROKEN"
    /// Debits and credits differ.
    case ledgerUnbalanced = "LEDGER_UNBALANCED"

    // MARK: INTERNAL

    /// A header field or the framing of a message is not as gRPC has it; grpc/doc/statuscodes.md wants INTERNAL for it.
    case requestMalformed = "REQUEST_MALFORMED"
    /// A defect.
    case `internal` = "INTERNAL"
}
