import Foundation
import Testing

/// R23: no secret stands in the repository, whatever kind of file it would be in.
struct SecretScanTests {
    /// What secrets look like. A line that only speaks of one is none: each asks for the secret itself.
    private static let forms: KeyValuePairs<String, String> = [
        "a private key": #"-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----(?:\\n|\s|")+[A-Za-z0-9+/]{32}"#,
        "a token": #"\beyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{20,}"#,
        "a key of a cloud": #"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b|\bAIza[0-9A-Za-z_-]{35}|"private_key_id"\s*:\s*"[0-9a-f]{40}""#,
        "a key of a provider":
            #"\bgh[pousr]_[A-Za-z0-9]{36}|\bxox[abeprs]-[0-9A-Za-z-]{10,}|\bsk_live_[0-9A-Za-z]{16,}|\bwhsec_[0-9A-Za-z+/]{24,}|\bSG\.[\w-]{22}\.[\w-]{43}|\bglpat-[\w-]{20}"#,
        "a connection with a password": #"\b[a-z]{3,12}://[^\s:/@"'\\]+:[^\s:/@"'\\$]{6,}@[A-Za-z0-9-]+\.[A-Za-z]"#,
        "a value that is called a secret":
            #"(?i)(?:password|passwd|passphrase|secret|token|api_?key|private_?key|access_?key)["']?\s*[:=]\s*["'](?=[A-Za-z_-]*[0-9])(?=[0-9+/_=-]*[A-Za-z])[A-Za-z0-9+/_=-]{20,}["']"#,
    ]

    /// Files that hold what only looks like one, each with why it may.
    private static let fixtures: [String: String] = [:]

    /// What is not ours, or is made.
    private static let skipped: Set<String> = [".git", ".build", ".build-python", ".swiftpm", ".switchboard", "__pycache__"]

    @Test("R23 · SEC-3 · No file of the repository holds a secret")
    func scan() throws {
        let package = URL(fileURLWithPath: #filePath).resolvingSymlinksInPath().deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let patterns = try Self.forms.map { (name: $0.key, expression: try NSRegularExpression(pattern: $0.value)) }
        var count = 0
        var found: Set<String> = []
        for path in Self.files(in: package) {
            guard let text = try? String(contentsOf: package.appending(path: path), encoding: .utf8) else { continue }
            count += 1
            for pattern in patterns where Self.match(pattern.expression, text) != nil {
                found.insert(path)
                #expect(
                    Self.fixtures[path] != nil,
                    "\(path) holds \(pattern.name), line \(Self.line(of: pattern.expression, text)): take it out, and count it as lost")
            }
        }
        #expect(count > 500)
        // A fixture that holds none any more is no longer excused.
        #expect(Set(Self.fixtures.keys).subtracting(found) == [])
    }

    /// Put together here, so that this file is not one of those that it looks for.
    @Test(
        "Each form is recognised",
        arguments: [
            ("-----BEGIN EC PRIVATE" + " KEY-----\n" + String(repeating: "MHcCAQEE", count: 5), "a private key"),
            ("eyJ" + "hbGciOiJFZERTQSJ9" + ".eyJ" + "pc3MiOiJleGFtcGxlIn0" + "." + String(repeating: "aB3_", count: 10), "a token"),
            ("AKIA" + String(repeating: "Q2", count: 8), "a key of a cloud"),
            ("gh" + "p_" + String(repeating: "a1B2", count: 9), "a key of a provider"),
            ("postgres://app:" + "hunter2hunter2" + "@db.example.com/x", "a connection with a password"),
            ("\"apiKey\": \"" + String(repeating: "9fA3", count: 6) + "\"", "a value that is called a secret"),
            ("secret = '" + String(repeating: "9f03", count: 8) + "'", "a value that is called a secret"),
        ])
    func recognised(text: String, name: String) throws {
        let form = try #require(Self.forms.first { $0.key == name })
        #expect(Self.match(try NSRegularExpression(pattern: form.value), text) != nil)
    }

    @Test(
        "What only speaks of one is not",
        arguments: [
            "-----BEGIN PRIVATE KEY-----", "\"passwordFile\": \"keys/app.password\"", "authorization: Bearer <token>",
            "let token = \"not-a-real-one\"", "secretFile: String", "postgresql://localhost:5432/switchboard",
        ])
    func harmless(text: String) throws {
        for form in Self.forms { #expect(Self.match(try NSRegularExpression(pattern: form.value), text) == nil, "\(form.key)") }
    }

    private static func match(_ expression: NSRegularExpression, _ text: String) -> NSRange? {
        expression.firstMatch(in: text, range: NSRange(text.startIndex..., in: text))?.range
    }

    private static func line(of expression: NSRegularExpression, _ text: String) -> Int {
        guard let range = match(expression, text), let start = Range(range, in: text)?.lowerBound else { return 0 }
        return text[..<start].count { $0 == "\n" } + 1
    }

    private static func files(in package: URL, below folder: String = "") -> [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: package.appending(path: folder).path)) ?? []
        return names.sorted().flatMap { name -> [String] in
            if skipped.contains(name) { return [] }
            let path = folder.isEmpty ? name : "\(folder)/\(name)"
            let type = try? FileManager.default.attributesOfItem(atPath: package.appending(path: path).path)[.type] as? FileAttributeType
            // Links show what stands elsewhere.
            return type == .typeDirectory ? files(in: package, below: path) : type == .typeRegular ? [path] : []
        }
    }
}
