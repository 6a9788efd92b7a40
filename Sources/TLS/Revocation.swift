/// Whether certificates that their authority took back are recognised.
public enum Revocation: Sendable {
    /// They are not: for certificates that end within hours anyway.
    case unchecked
    /// Every certificate of a chain, the root too, must be on no list of its issuer (RFC 5280 section 6.3).
    case lists([PEMSource], whenUnknown: Verdict)

    /// What becomes of a certificate whose issuer has no list here, or one that is out of date.
    public enum Verdict: Sendable {
        case refuse
        /// `TLSContext.unknownRevocations` counts them.
        case accept
    }
}
