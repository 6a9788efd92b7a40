public import Crypto

/// A telephone number of ours as Meta knows it, and what opens it.
public struct WhatsAppAccount: Sendable {
    let address: HTTPSAddress
    let authorization: String

    /// - Parameters:
    ///   - base: `https://graph.facebook.com` or what stands in for it.
    ///   - version: of the API, such as `v21.0`.
    ///   - phoneNumberID: Meta's number for our telephone number.
    public init(base: String = "https://graph.facebook.com", version: String, phoneNumberID: String, token: String) throws(SenderError) {
        guard !phoneNumberID.isEmpty, phoneNumberID.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
            throw .configuration("The phone number id of WhatsApp is a number; Meta's app dashboard shows it.")
        }
        guard PrintableText.isASCII(token) else { throw .configuration("WhatsApp's token is printable characters of ASCII.") }
        address = try HTTPSAddress("\(base)/\(version)/\(phoneNumberID)/messages")
        authorization = "Bearer \(token)"
    }
}

/// Sends WhatsApp messages by Meta's Cloud API: JSON to `/{version}/{phone number id}/messages`, a bearer token.
public struct WhatsAppSender: Sender {
    private let client: HTTPSClient
    private let account: WhatsAppAccount

    public init(_ client: HTTPSClient, _ account: WhatsAppAccount) {
        self.client = client
        self.account = account
    }

    public func destination(of message: WhatsAppMessage) -> String { account.address.authority }

    public func send(_ message: WhatsAppMessage, id: UUIDv7) async -> Outcome {
        do throws(SenderError) {
            let request = try request(for: message)
            return GatewayAnswers.meta.outcome(await client.send(request, to: account.address), of: "WhatsApp")
        } catch {
            return .failed(reason: error.description, retryAfter: nil)
        }
    }

    func request(for message: WhatsAppMessage) throws(SenderError) -> HTTPRequest {
        try HTTPRequest(
            post: account.address,
            fields: [("Authorization", account.authorization), ("Content-Type", "application/json"), ("Accept", "application/json")],
            body: Array(Self.json(message).utf8))
    }

    /// Without the `+`: Meta would take it, too, and answers without it.
    private static func json(_ message: WhatsAppMessage) -> String {
        let recipient = JSONValue.quoted(String(message.to.description.dropFirst()))
        let start = "{\"messaging_product\":\"whatsapp\",\"recipient_type\":\"individual\",\"to\":\(recipient),"
        switch message.content {
        case .text(let text):
            return start + "\"type\":\"text\",\"text\":{\"preview_url\":false,\"body\":\(JSONValue.quoted(text))}}"
        case .template(let name, let language, let parameters):
            let values = parameters.map { "{\"type\":\"text\",\"text\":\(JSONValue.quoted($0))}" }.joined(separator: ",")
            let components = parameters.isEmpty ? "" : ",\"components\":[{\"type\":\"body\",\"parameters\":[\(values)]}]"
            return start + "\"type\":\"template\",\"template\":{\"name\":\(JSONValue.quoted(name)),"
                + "\"language\":{\"code\":\(JSONValue.quoted(language))}\(components)}}"
        }
    }
}
