import Glibc
import Net
import Testing

struct SignalsTests {
    @Test("a signal to the process is an element of the stream, whichever thread takes it, and ends nothing")
    func stream() async throws {
        var signals = try Signals.stream([SIGUSR1, SIGUSR2]).makeAsyncIterator()
        kill(getpid(), SIGUSR2)
        #expect(await signals.next() == SIGUSR2)
        kill(getpid(), SIGUSR1)
        #expect(await signals.next() == SIGUSR1)
    }

    @Test("a number that is no signal is refused")
    func unknown() {
        #expect(throws: NetError.self) { try Signals.stream([0]) }
        #expect(throws: NetError.self) { try Signals.stream([65]) }
        #expect(throws: NetError.self) { try Signals.stream([SIGKILL]) }
    }
}
