import Console
import Testing

struct TerminalTextTests {
    @Test(
        "SEC-7 · what a server sends does nothing to the terminal: escape sequences are shown",
        arguments: [
            ("\u{1B}[2J\u{1B}[1;1H", #"\u001b[2J\u001b[1;1H"#),
            // A title, a link, the clipboard.
            ("\u{1B}]0;root\u{7}", #"\u001b]0;root\u0007"#),
            (
                "\u{1B}]8;;https://evil.example\u{1B}\\bank\u{1B}]8;;\u{1B}\\",
                #"\u001b]8;;https://evil.example\u001b\bank\u001b]8;;\u001b\"#
            ),
            ("\u{1B}]52;c;cm0gLXJmIC8=\u{7}", #"\u001b]52;c;cm0gLXJmIC8=\u0007"#),
            // One character that terminals take for ESC [.
            ("\u{9B}31m", #"\u009b31m"#), ("\u{7F}\u{8}\r\u{0}", #"\u007f\u0008\u000d\u0000"#),
            ("user\u{202E}gpj.exe", #"user\u202egpj.exe"#),
        ])
    func obeyed(text: String, shown: String) {
        #expect(TerminalText.harmless(text) == shown)
    }

    @Test(
        "SEC-7 · what is only to be read stays as it is",
        arguments: ["", "two\nlines\tand a tab", "Zoë ฿ 漢字 🙂 e\u{301}", #"{"a": "\u001b"}"#])
    func plain(text: String) {
        #expect(TerminalText.harmless(text) == text)
    }
}
