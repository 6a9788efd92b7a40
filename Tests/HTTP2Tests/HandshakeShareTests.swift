import Net
import Testing

@testable import HTTP2

@Suite("Handshakes and calls") struct HandshakeShareTests {
    private let start = MonotonicTime(nanoseconds: 1_000_000)

    @Test("handshakes rest as long as they took, once calls came meanwhile")
    func rests() {
        var share = HandshakeShare()
        #expect(share.rest(at: start) == nil)
        share.worked(from: start, to: start + .milliseconds(3), besideCalls: true)
        #expect(share.rest(at: start + .milliseconds(3)) == .milliseconds(3))
        #expect(share.rest(at: start + .milliseconds(5)) == .milliseconds(1))
        #expect(share.rest(at: start + .milliseconds(6)) == nil)
    }

    @Test("where nobody else says anything they need not rest")
    func alone() {
        var share = HandshakeShare()
        share.worked(from: start, to: start + .milliseconds(3), besideCalls: true)
        share.worked(from: start + .milliseconds(6), to: start + .milliseconds(8), besideCalls: false)
        #expect(share.rest(at: start + .milliseconds(8)) == nil)
    }
}
