internal import Crypto

/// The signature of a webhook: `t=<unix seconds>,v1=<hex>`, where the hexadecimal digits are HMAC-SHA256 of `<unix seconds>.<body>`, one
/// `v1` for each active secret. Stripe's scheme (docs.stripe.com/webhooks/signature), which many receivers can check already.
public enum WebhookSignature {
    /// How far a receiver lets the time of a signature be from its own clock.
    public static let toleranceSeconds: Int64 = 300

    static func header(_ body: [UInt8], secrets: [WebhookSecret], unixSeconds: Int64) -> String {
        "t=\(unixSeconds)" + secrets.map { ",v1=\(hexadecimal($0.sign(body, unixSeconds: unixSeconds)))" }.joined()
    }

    /// Whether one of the secrets has signed this body, and lately. For receivers; the time taken does not tell where a signature differs.
    public static func verify(_ header: String, body: [UInt8], secrets: [WebhookSecret], unixSeconds: Int64) -> Bool {
        var time: Int64?
        var signatures: [[UInt8]] = []
        for part in header.split(separator: ",") {
            let pair = part.split(separator: "=", maxSplits: 1).map(String.init)
            guard pair.count == 2 else { return false }
            if pair[0] == "t" {
                guard time == nil, let seconds = Int64(pair[1]), "\(seconds)" == pair[1] else { return false }
                time = seconds
            } else if pair[0] == "v1" {
                signatures.append(Array(pair[1].utf8))
            }
        }
        guard let time, signatures.count <= Limits.webhookSecrets else { return false }
        let (age, overflow) = unixSeconds.subtractingReportingOverflow(time)
        guard !overflow, age.magnitude <= UInt64(toleranceSeconds) else { return false }
        var isSigned = false
        for secret in secrets {
            let expected = Array(hexadecimal(secret.sign(body, unixSeconds: time)).utf8)
            for signature in signatures where constantTimeEquals(signature, expected) { isSigned = true }
        }
        return isSigned
    }

    private static func hexadecimal(_ bytes: [UInt8]) -> String {
        var text = ""
        for byte in bytes { text += (byte < 16 ? "0" : "") + String(byte, radix: 16) }
        return text
    }
}

/// What sender and receiver of a webhook share.
public struct WebhookSecret: Sendable {
    private let hmac: HMACSHA256

    /// - Parameter text: its bytes are the key, whatever they look like: `whsec_…`.
    public init(_ text: String) throws(SenderError) {
        guard Limits.webhookSecretBytes.contains(text.utf8.count) else {
            throw .configuration(
                "The secret of a webhook has \(Limits.webhookSecretBytes.lowerBound) to \(Limits.webhookSecretBytes.upperBound) bytes.")
        }
        self.init(unchecked: text)
    }

    init(unchecked text: String) {
        hmac = HMACSHA256(key: Array(text.utf8))
    }

    func sign(_ body: [UInt8], unixSeconds: Int64) -> [UInt8] {
        hmac.authenticate(Array("\(unixSeconds).".utf8) + body)
    }
}
