import ConfigAPI
import Testing

@testable import Platform

/// What a configuration says of text messages, WhatsApp and webhooks.
struct OutboundSettingsTests {
    private func checked<Value>(_ check: (inout ConfigurationChecks) -> Value) -> (value: Value, problems: [String]) {
        var checks = ConfigurationChecks(folder: "/etc/switchboard", credentialFolder: "/run/credentials/us")
        let value = check(&checks)
        return (value, checks.problems.map(\.field))
    }

    private func gateway(_ change: (inout Config.TextMessages) -> Void = { _ in }) -> Config.TextMessages {
        var gateway = Config.TextMessages()
        gateway.account = "AC0123"
        gateway.tokenFile = "credential:sms"
        gateway.sender = "Shop"
        change(&gateway)
        return gateway
    }

    @Test("text messages go to Twilio unless told otherwise, with a token from a file or a credential")
    func textMessages() {
        let (settings, problems) = checked { $0.textMessages(gateway()) }
        #expect(problems == [])
        #expect(
            settings
                == Settings.TextMessages(
                    base: "https://api.twilio.com", account: "AC0123", tokenFile: "/run/credentials/us/sms", sender: "Shop",
                    rootsFile: "/etc/ssl/certs/ca-certificates.crt"))
        #expect(checked { $0.textMessages(gateway { $0.baseURL = "https://localhost:1" }) }.value.base == "https://localhost:1")
        for base in ["http://api.twilio.com", "https://api.twilio.com/", "https://", "api.twilio.com"] {
            #expect(checked { $0.textMessages(gateway { $0.baseURL = base }) }.problems == ["textMessages.baseUrl"], "\(base)")
        }
        #expect(
            checked { $0.textMessages(Config.TextMessages()) }.problems == [
                "textMessages.account", "textMessages.tokenFile", "textMessages.sender",
            ])
    }

    @Test("WhatsApp needs a number, a version and a token")
    func whatsApp() {
        var account = Config.WhatsApp()
        account.phoneNumberID = "1065"
        account.tokenFile = "wa.token"
        account.apiVersion = "v21.0"
        account.rootsFile = "roots.pem"
        let (settings, problems) = checked { $0.whatsApp(account) }
        #expect(problems == [])
        #expect(
            settings
                == Settings.WhatsApp(
                    base: "https://graph.facebook.com", apiVersion: "v21.0", phoneNumberID: "1065",
                    tokenFile: "/etc/switchboard/wa.token", rootsFile: "/etc/switchboard/roots.pem"))
        #expect(
            checked { $0.whatsApp(Config.WhatsApp()) }.problems == ["whatsapp.apiVersion", "whatsapp.phoneNumberId", "whatsapp.tokenFile"])
    }

    private func webhooks(_ receivers: (authority: String, secrets: [String])...) -> Config.Webhooks {
        var webhooks = Config.Webhooks()
        webhooks.receivers = receivers.map { receiver in
            var config = Config.WebhookReceiver()
            config.authority = receiver.authority
            config.secretFiles = receiver.secrets
            return config
        }
        return webhooks
    }

    @Test("a receiver of webhooks is a host, perhaps with a port, and has one to three secrets")
    func receivers() {
        let (settings, problems) = checked {
            $0.webhooks(webhooks(("Hooks.example.com:443", ["a", "b"]), ("hooks.example.com:8443", ["a"])))
        }
        #expect(problems == [])
        #expect(settings.receivers.map(\.authority) == ["hooks.example.com", "hooks.example.com:8443"])
        #expect(settings.receivers[0].secretFiles == ["/etc/switchboard/a", "/etc/switchboard/b"])
        #expect(settings.receivers.allSatisfy { !$0.isInOwnNetwork })
        #expect(checked { $0.webhooks(Config.Webhooks()) }.problems == ["webhooks.receivers"])
        for text in [
            "", "https://hooks.example.com", "hooks.example.com/path", "a b", "hooks.example.com:0", "10.1", "hooks.example.com?a",
        ] {
            #expect(checked { $0.webhooks(webhooks((text, ["a"]))) }.problems == ["webhooks.receivers[0].authority"], "\(text)")
        }
        #expect(checked { $0.webhooks(webhooks(("a.test", []))) }.problems == ["webhooks.receivers[0].secretFiles"])
        #expect(checked { $0.webhooks(webhooks(("a.test", ["1", "2", "3", "4"]))) }.problems == ["webhooks.receivers[0].secretFiles"])
        #expect(checked { $0.webhooks(webhooks(("a.test", ["1"]), ("A.test", ["2"]))) }.problems == ["webhooks.receivers[1].authority"])
    }
}
