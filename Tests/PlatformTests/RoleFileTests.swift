import Foundation
import Testing

@testable import Platform

struct RoleFileTests {
    private static let path = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "Proto/policy.roles")

    @Test("Proto/policy.roles is what roles stand for (after a change: make accept-policy)")
    func file() throws {
        let lines = Role.allCases.map { role in ([role.rawValue + ":"] + role.scopes.sorted()).joined(separator: " ") }
        let text = "# Which scopes each role stands for, for switchgen: made from Platform's Role.\n" + lines.joined(separator: "\n") + "\n"
        if ProcessInfo.processInfo.environment["SWITCHBOARD_ACCEPT"] != nil {
            try text.write(to: Self.path, atomically: true, encoding: .utf8)
        }
        #expect(try String(contentsOf: Self.path, encoding: .utf8) == text)
    }
}
