internal import Console
internal import Glibc

/// The right to use a state folder. The kernel takes it back when the process ends, however it ends.
struct StateLock: ~Copyable {
    private let descriptor: Int32

    /// - Throws: ``Failure`` when another development server runs on this folder.
    init(_ state: StateFolder) throws {
        descriptor = unsafe open(state.lock, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw Failure("Cannot open \(state.lock): \(systemErrorText(errno)).") }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            let holder = (try? Files.text(state.lock)).flatMap { $0.split(separator: "\n").first } ?? "unknown"
            throw Failure(
                "Another `switchboard dev` (process \(holder)) already runs on \(state.path): stop it first, "
                    + "or choose another folder with --state.")
        }
        let text = "\(getpid())\n"
        ftruncate(descriptor, 0)
        _ = unsafe text.withCString { unsafe pwrite(descriptor, $0, text.utf8.count, 0) }
    }

    deinit {
        close(descriptor)
    }
}

func systemErrorText(_ code: Int32) -> String {
    unsafe strerror(code).map { unsafe String(cString: $0) } ?? "error \(code)"
}
