public import Crypto

/// An account at a gateway for text messages, and whom its messages come from.
public struct TextMessageAccount: Sendable {
    let address: HTTPSAddress
    let authorization: String
    let from: String

    /// - Parameters:
    ///   - base: `https://api.twilio.com` or what stands in for it.
    ///   - account: `AC` and 32 hexadecimal digits.
    ///   - from: a number of the account, or a name of up to 11 letters and digits where operators take one.
    public init(base: String = "https://api.twilio.com", account: String, token: String, from: String) throws(SenderError) {
        let isAccount =
            !account.isEmpty
            && account.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x41...0x5A).contains($0) || (0x61...0x7A).contains($0) }
        guard isAccount else { throw .configuration("The account of the gateway for text messages is letters and digits, such as AC0123…") }
        guard PrintableText.isASCII(token), PrintableText.isASCII(from) else {
            throw .configuration("The token and the sender of the gateway for text messages are printable characters of ASCII.")
        }
        address = try HTTPSAddress("\(base)/2010-04-01/Accounts/\(account)/Messages.json")
        authorization = "Basic " + Base64.encode(Array("\(account):\(token)".utf8), padded: true)
        self.from = from
    }
}

/// Sends SMS by an API of Twilio's shape: a form with To, From and Body, the account and its token as Basic authentication.
public struct TextMessageSender: Sender {
    private let client: HTTPSClient
    private let account: TextMessageAccount

    public init(_ client: HTTPSClient, _ account: TextMessageAccount) {
        self.client = client
        self.account = account
    }

    public func destination(of message: TextMessage) -> String { account.address.authority }

    public func send(_ message: TextMessage, id: UUIDv7) async -> Outcome {
        do throws(SenderError) {
            let request = try request(for: message)
            return GatewayAnswers.twilio.outcome(await client.send(request, to: account.address), of: "the gateway")
        } catch {
            return .failed(reason: error.description, retryAfter: nil)
        }
    }

    func request(for message: TextMessage) throws(SenderError) -> HTTPRequest {
        let form = FormText.encode([("To", message.to.description), ("From", account.from), ("Body", message.text)])
        return try HTTPRequest(
            post: account.address,
            fields: [
                ("Authorization", account.authorization), ("Content-Type", "application/x-www-form-urlencoded"),
                ("Accept", "application/json"),
            ], body: Array(form.utf8))
    }
}

/// `application/x-www-form-urlencoded`, as the URL standard has it.
enum FormText {
    static func encode(_ fields: [(String, String)]) -> String {
        fields.map { "\(encode($0))=\(encode($1))" }.joined(separator: "&")
    }

    private static func encode(_ text: String) -> String {
        var result = ""
        for byte in text.utf8 {
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "*"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"):
                result.unicodeScalars.append(Unicode.Scalar(byte))
            case 0x20: result += "+"
            default:
                let digits = String(byte, radix: 16, uppercase: true)
                result += digits.utf8.count == 1 ? "%0\(digits)" : "%\(digits)"
            }
        }
        return result
    }
}
