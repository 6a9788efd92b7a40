/// How a provider of messages answers over HTTP, as data: where its name for a message is, and which of its error codes mean what.
struct GatewayAnswers: Sendable, Hashable {
    /// Where its name for a message that it took is.
    var idPath: [String]
    /// Where its error's code and sentence are.
    var codePath: [String]
    var messagePath: [String]
    /// Codes of errors that pass, whatever the status is: limits of rates, and its own faults.
    var passingCodes: Set<String>
    /// Codes of errors of ours with the account: the message is not at fault, and an operator has to look.
    var accountCodes: Set<String>

    func outcome(_ result: HTTPSClient.Result, of provider: String) -> Outcome {
        switch result {
        case .notSent(.message(let text)): return .refused(reason: text)
        case .notSent(let error): return .failed(reason: error.description, retryAfter: nil)
        case .noReply(let error): return .unknown(reason: error.description)
        case .replied(let reply): return outcome(reply, of: provider)
        }
    }

    private func outcome(_ reply: HTTPReply, of provider: String) -> Outcome {
        let body = reply.isComplete ? JSONValue(parsing: reply.body) : nil
        if (200...299).contains(reply.status) {
            return .accepted(providerID: body?[idPath]?.text.map { PrintableText.of($0) })
        }
        let code = body?[codePath]?.text ?? ""
        let sentence = PrintableText.of("\(provider) answers \(reply.status) \(code) \(body?[messagePath]?.text ?? "")")
        if passingCodes.contains(code) || accountCodes.contains(code) { return .failed(reason: sentence, retryAfter: reply.retryAfter) }
        switch reply.status {
        case 401, 403, 425, 429, 503: return .failed(reason: sentence, retryAfter: reply.retryAfter)
        // Often the word of a proxy whose backend took the message, and was too slow to say so or broke afterwards.
        case 408, 500...599: return .unknown(reason: sentence)
        default: return .refused(reason: sentence)
        }
    }

    /// Twilio's Messages resource: 201 with `sid`; errors as `{"code": 21211, "message": …, "status": 400}`
    /// (twilio.com/docs/messaging/api/message-resource, twilio.com/docs/api/errors). 20429: too many requests; 14107, 30022: rate limits;
    /// 20003: the password; 20005, 30002: the account is suspended.
    static let twilio = GatewayAnswers(
        idPath: ["sid"], codePath: ["code"], messagePath: ["message"], passingCodes: ["14107", "20429", "30022"],
        accountCodes: ["20003", "20005", "30002"])

    /// Meta's Cloud API: 200 with `messages[0].id`; errors as `{"error": {"message": …, "code": 131030, …}}`
    /// (developers.facebook.com/docs/whatsapp/cloud-api/support/error-codes). 4, 80007, 130429, 131048, 131056: rate limits; 1, 2, 131000,
    /// 131016: its own faults; 0, 3, 10, 190, 131005, 131031, 131042, 133010: token, permission, payment, registration.
    static let meta = GatewayAnswers(
        idPath: ["messages", "0", "id"], codePath: ["error", "code"], messagePath: ["error", "message"],
        passingCodes: ["1", "2", "4", "80007", "130429", "131000", "131016", "131048", "131056"],
        accountCodes: ["0", "3", "10", "190", "131005", "131031", "131042", "133010"])
}
