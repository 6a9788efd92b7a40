internal import Console
internal import Glibc

/// `postmaster.pid`: what a running PostgreSQL says about itself in its data folder (one fact a line: process, folder, start time, port,
/// socket folder, address, shared memory, state).
struct PostmasterFile: Equatable {
    var processID: pid_t
    var state: String
    private let data: String

    /// Nil when the file is not there or says nothing yet.
    init?(in data: String) {
        guard let text = try? Files.text("\(data)/postmaster.pid") else { return nil }
        self.init(text, data: data)
    }

    init?(_ text: String, data: String) {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        guard let first = lines.first, let processID = pid_t(first.filter { $0 != " " }), processID > 1 else { return nil }
        self.processID = processID
        self.data = data
        state = lines.count > 7 ? String(lines[7].prefix { $0 != " " }) : ""
    }

    func isReady(for process: pid_t) -> Bool {
        processID == process && state == "ready"
    }

    /// Whether that process runs and is the PostgreSQL of this folder: after a restart of the machine its number may be anybody's.
    var isAlive: Bool {
        Files.resolved("/proc/\(processID)/cwd") == Files.resolved(data)
    }
}
