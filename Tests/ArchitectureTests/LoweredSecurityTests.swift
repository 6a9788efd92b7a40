import Foundation
import Testing

/// A way around security that exists is used: there is none, for nobody and in no mode.
struct LoweredSecurityTests {
    private static var words: Regex<Substring> {
        /insecure|no-?tls|plain-?text|skip|unsafe|disable|no-?auth|no-?verify|trust-?all|allow-?any|permissive|debug-?mode/.ignoresCase()
    }

    @Test("E30 · no option of a program lowers what is demanded of callers or of servers")
    func options() throws {
        var count = 0
        for file in try SourceTree("Sources").files where ["switchboard", "switchctl"].contains(file.module) {
            for option in file.text.matches(of: /"(--?[a-z][a-z0-9-]*)"/) {
                count += 1
                #expect(option.output.1.firstMatch(of: Self.words) == nil, "\(file.path) has the option \(option.output.1)")
            }
        }
        #expect(count > 10)
    }

    @Test(
        "E30 · no field of the configuration turns off certificates, tokens, scopes, limits or the audit trail; what may be loosened is known"
    )
    func configuration() throws {
        let package = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        let text = try String(contentsOf: package.appending(path: "Proto/switchboard/config/v1/config.proto"), encoding: .utf8)
        let fields = text.matches(of: /\n *(?:optional |repeated )?([a-zA-Z0-9_.]+) ([a-z][a-z0-9_]*) = [0-9]+;/).map {
            (type: String($0.output.1), name: String($0.output.2))
        }
        #expect(fields.count > 20)
        for field in fields {
            #expect(field.name.replacing("_", with: "-").firstMatch(of: Self.words) == nil, "the configuration has \(field.name)")
        }
        // What is on or off in it: TLS 1.2 has no weak ciphers either, an authority without a list is a decision, `production` demands more, a receiver is in our network or not, and the others grant a service what its name says.
        #expect(
            Set(fields.filter { $0.type == "bool" }.map(\.name)).isSubset(of: [
                "accept_unknown_revocation", "accept_tls12", "prepared", "production", "may_act_for_others", "in_own_network",
            ]))
    }
}
