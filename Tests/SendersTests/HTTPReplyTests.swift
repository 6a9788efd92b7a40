import Net
import TestSupport
import Testing

@testable import Senders

struct HTTPReplyTests {
    private static func read(_ text: String, at count: Int = .max, ends: Bool = false) throws -> HTTPReplyReader {
        var reader = HTTPReplyReader()
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            try reader.append(Array(rest.prefix(count)))
            rest = rest.dropFirst(count)
        }
        if ends { reader.end() }
        return reader
    }

    @Test(
        "answers with a length, in chunks, and until the end are read, however their bytes are cut", arguments: [1, 2, 3, 5, 17, Int.max])
    func answers(at count: Int) throws {
        let length = try Self.read("HTTP/1.1 201 Created\r\nContent-Length: 5\r\nX-A:  b \r\n\r\nhello", at: count)
        #expect(length.isDone && length.reply?.isComplete == true && length.reply?.status == 201)
        #expect(length.reply?.body == Array("hello".utf8) && length.reply?.value(of: "x-a") == "b")
        let chunks = try Self.read(
            "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;x=y\r\nhello\r\nA\r\n 123456789\r\n0\r\nX-T: 1\r\n\r\n",
            at: count)
        #expect(chunks.isDone && chunks.reply?.body == Array("hello 123456789".utf8))
        let rest = try Self.read("HTTP/1.0 200 OK\r\n\r\nall of it", at: count, ends: true)
        #expect(rest.isDone && rest.reply?.isComplete == true && rest.reply?.body == Array("all of it".utf8))
        let empty = try Self.read("HTTP/1.1 204 No Content\r\n\r\n", at: count)
        #expect(empty.isDone && empty.reply?.isComplete == true)
    }

    @Test(
        "a body that is cut off is not complete",
        arguments: ["Content-Length: 9\r\n\r\nhello", "Transfer-Encoding: chunked\r\n\r\n9\r\nhello"])
    func cut(text: String) throws {
        let reader = try Self.read("HTTP/1.1 200 OK\r\n" + text, ends: true)
        #expect(!reader.isDone && reader.reply?.status == 200 && reader.reply?.isComplete == false)
    }

    @Test("a body that is too long goes by, and is not kept")
    func long() throws {
        let reader = try Self.read("HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n" + String(repeating: "x", count: 100_000))
        #expect(reader.isDone && reader.reply?.isComplete == false && reader.reply?.body.count == 65_537)
    }

    @Test(
        "what is no HTTP/1.1, or has two readings, is an error",
        arguments: [
            "HTTP/2 200\r\n\r\n", "200 OK\r\n\r\n", "HTTP/1.1 99 x\r\n\r\n", "HTTP/1.1 600 x\r\n\r\n", "HTTP/1.1 2000\r\n\r\n",
            "HTTP/1.1 200OK\r\n\r\n",
            "HTTP/1.1 +20 OK\r\n\r\n", "HTTP/1.1 200 OK\r\nA : b\r\n\r\n", "HTTP/1.1 200 OK\r\n: b\r\n\r\n",
            "HTTP/1.1 200 OK\r\nA: b\r\n c\r\n\r\n",
            "HTTP/1.1 200 OK\r\nA: b\nB: c\r\n\r\n", "HTTP/1.1 200 OK\r\nA: \u{1}\r\n\r\n",
            "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n",
            "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
            "HTTP/1.1 200 OK\r\nContent-Length: 0x5\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\n",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n",
            "HTTP/1.1 101 Switching\r\n\r\n", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nFFFFFFFFF\r\n",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nabc\r\n",
            "HTTP/1.1 200 OK\r\n" + String(repeating: "A: b\r\n", count: 101) + "\r\n",
            "HTTP/1.1 200 OK\r\nA: " + String(repeating: "x", count: 17_000),
            String(repeating: "HTTP/1.1 100 Continue\r\n\r\n", count: 6),
        ])
    func malformed(text: String) {
        #expect(throws: SenderError.self) { try Self.read(text) }
        #expect(throws: SenderError.self) { try Self.read(text, at: 1) }
    }

    @Test("random bytes and random damage never trap")
    func damage() {
        let seed = UInt64.random(in: 0...UInt64.max)
        var random = SeededRandom(seed: seed)
        let good = Array("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nRetry-After: 5\r\n\r\n5\r\nhello\r\n0\r\n\r\n".utf8)
        for _ in 0..<2_000 {
            var bytes = good
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                bytes[Int.random(in: bytes.indices, using: &random)] = .random(in: 0...255, using: &random)
            }
            var reader = HTTPReplyReader()
            try? reader.append(Array(bytes.prefix(Int.random(in: 0...bytes.count, using: &random))))
            reader.end()
            _ = JSONValue(parsing: bytes)
        }
    }

    @Test("Retry-After in seconds is taken, up to a day", arguments: [("5", 5), ("0", 0), ("9999999", 86_400)])
    func retryAfter(text: String, seconds: Int) throws {
        #expect(try Self.read("HTTP/1.1 429 x\r\nRetry-After: \(text)\r\n\r\n").reply?.retryAfter == .seconds(seconds))
    }

    @Test(
        "a Retry-After that is no number of seconds is not taken",
        arguments: ["-1", "Fri, 31 Dec 1999 23:59:59 GMT", "99999999999999999999", ""])
    func noRetryAfter(text: String) throws {
        #expect(try Self.read("HTTP/1.1 429 x\r\nRetry-After: \(text)\r\n\r\n").reply?.retryAfter == nil)
    }

    @Test("JSON is read", arguments: [#"{"a":[{"b":"x\u00e9\ud83d\ude42\n"},1.5e3],"c":null,"d":true}"#])
    func json(text: String) {
        let value = JSONValue(parsing: Array(text.utf8))
        #expect(value?[["a", "0", "b"]]?.text == "xé🙂\n")
        #expect(value?[["a", "1"]]?.text == "1.5e3")
        #expect(value?[["a", "2"]] == nil && value?[["c", "x"]] == nil && value?[["d"]] == .boolean(true))
    }

    @Test(
        "what is no JSON is nothing",
        arguments: [
            "", "{", "{\"a\"}", "[1,]", "\"a", "\"\\ud800\"", "\"\\x\"", "nul", "1 2", "\"\u{1}\"", "-", "{\"a\":1,}", "\"\\u12\"", "+",
            String(repeating: "[", count: 40) + String(repeating: "]", count: 40),
        ])
    func noJSON(text: String) {
        #expect(JSONValue(parsing: Array(text.utf8)) == nil)
    }
}

struct HTTPSAddressTests {
    @Test(
        "addresses",
        arguments: [
            ("https://example.com", "example.com", 443, "/"), ("https://Example.COM/a/b?c=d%20e", "example.com", 443, "/a/b?c=d%20e"),
            ("https://example.com:8443?x", "example.com", 8_443, "/?x"), ("https://192.0.2.1/x", "192.0.2.1", 443, "/x"),
        ] as [(String, String, UInt16, String)])
    func addresses(text: String, host: String, port: UInt16, target: String) throws {
        let address = try HTTPSAddress(text)
        #expect((address.host, address.port, address.target) == (host, port, target))
    }

    @Test(
        "SEC · TST-6 A10 · spellings that others read in another way are refused",
        arguments: [
            "http://example.com/", "https:/example.com", "https://", "https:///x", "https://user@example.com/", "https://a:b@example.com/",
            "https://example.com#x", "https://example.com/#x", "https://example.com\\@evil.com/", "https://[::1]/", "https://127.1/",
            "https://2130706433/",
            "https://0x7f.0.0.1/", "https://0177.0.0.1/", "https://1.2.3.4.5/", "https://01.2.3.4/", "https://example.com:0/",
            "https://example.com:65536/",
            "https://example.com:/", "https://example.com:+80/", "https://exa mple.com/", "https://example.com/a b",
            "https://example.com/\r\nX: y",
            "https://-a.com/", "https://a..com/", "https://é.com/", "https://example.com/é",
            "https://" + String(repeating: "a", count: 3_000),
        ])
    func tricks(text: String) {
        #expect(throws: SenderError.self) { try HTTPSAddress(text) }
    }

    @Test(
        "TST-6 A10 · addresses that are not of the public Internet",
        arguments: [
            "0.0.0.0", "10.1.2.3", "100.64.0.1", "100.127.255.255", "127.0.0.1", "127.255.255.254", "169.254.169.254", "172.16.0.1",
            "172.31.255.255",
            "192.0.0.1", "192.0.2.1", "192.88.99.1", "192.168.0.1", "198.18.0.1", "198.19.255.255", "198.51.100.1", "203.0.113.1",
            "224.0.0.1", "240.0.0.1",
            "255.255.255.255", "::", "::1", "::ffff:8.8.8.8", "64:ff9b::808:808", "fe80::1", "fc00::1", "fd00::1", "ff02::1", "2001:db8::1",
            "2001::1",
            "2002:7f00:1::", "3fff::1", "100::1",
        ])
    func inside(text: String) throws {
        let address = try SocketAddress(ip: text, port: 443)
        #expect(!AddressPolicy.isPublic(address))
        let outside = try SocketAddress(ip: "8.8.8.8", port: 443)
        #expect(throws: SenderError.self) { try AddressPolicy.publicOnly.check([outside, address]) }
        try AddressPolicy.any.check([address])
    }

    @Test(
        "addresses that are",
        arguments: [
            "8.8.8.8", "1.1.1.1", "172.15.0.1", "172.32.0.1", "100.63.0.1", "192.0.1.1", "223.255.255.255", "2606:4700::1111",
            "2a00:1450::1", "2003::1",
        ])
    func outside(text: String) throws {
        #expect(AddressPolicy.isPublic(try SocketAddress(ip: text, port: 443)))
    }
}
