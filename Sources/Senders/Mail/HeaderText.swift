internal import Crypto

/// Text in the header of a mail: checked, so that it cannot begin a line of its own, then encoded and folded.
enum HeaderText {
    /// Throws when `text` could end its line or hide in it: CR, LF, NUL and all other control characters.
    static func check(_ text: String, _ what: String, characters: Int) throws(SenderError) {
        guard text.unicodeScalars.allSatisfy({ !isControl($0) }) else {
            throw .message("There is a line break or another control character in \(what), which could forge a header. Take it out.")
        }
        guard text.count <= characters else { throw .message("There are more than \(characters) characters in \(what).") }
    }

    private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
        scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value) || scalar.value == 0x2028 || scalar.value == 0x2029
    }

    /// `text` where RFC 5322 has `unstructured`, as words that a line can be folded between.
    static func unstructured(_ text: String) -> [String] {
        isPlain(text) ? words(text) : encodedWords(text)
    }

    /// `text` where RFC 5322 has `phrase`: a quoted string, or encoded words.
    static func phrase(_ text: String) -> [String] {
        guard isPlain(text) else { return encodedWords(text) }
        var quoted = "\""
        for character in text {
            if character == "\"" || character == "\\" { quoted.append("\\") }
            quoted.append(character)
        }
        return [quoted + "\""]
    }

    /// A field of these words, folded before the word that would make a line too long; CRLF at its end.
    static func field(_ name: String, _ words: [String]) -> String {
        var text = "\(name):"
        var column = text.utf8.count
        for word in words {
            if column + 1 + word.utf8.count > Limits.foldedLineBytes, column > name.utf8.count + 1 {
                text += "\r\n"
                column = 0
            }
            text += " \(word)"
            column += 1 + word.utf8.count
        }
        return text + "\r\n"
    }

    /// ASCII that no reader takes for an encoded word, and that can be folded without a change: single spaces, no word longer than a line.
    private static func isPlain(_ text: String) -> Bool {
        let words = text.split(separator: " ", omittingEmptySubsequences: false)
        return text.utf8.allSatisfy { (0x20..<0x7F).contains($0) } && !text.contains("=?")
            && words.allSatisfy { $0.utf8.count < Limits.foldedLineBytes - 20 && (!$0.isEmpty || words.count == 1) }
    }

    private static func words(_ text: String) -> [String] {
        text.split(separator: " ").map(String.init)
    }

    /// RFC 2047, encoding B: each word holds whole characters, so that a reader that decodes word by word sees none cut in two.
    private static func encodedWords(_ text: String) -> [String] {
        let (prefix, suffix) = ("=?UTF-8?B?", "?=")
        // Base64 makes four characters of three bytes.
        let room = (Limits.encodedWordBytes - prefix.utf8.count - suffix.utf8.count) / 4 * 3
        var words: [String] = []
        var bytes: [UInt8] = []
        func close() {
            words.append(prefix + Base64.encode(bytes, padded: true) + suffix)
            bytes = []
        }
        for scalar in text.unicodeScalars {
            let next = Array(String(scalar).utf8)
            if bytes.count + next.count > room { close() }
            bytes += next
        }
        close()
        return words
    }
}
