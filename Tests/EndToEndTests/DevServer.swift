import Console
import Glibc
import Net
import TestSupport

/// `switchboard dev` with a state folder of its own, on a port that the system chose.
struct DevServer {
    let state: StateFolder
    let program: Program
    /// What it printed until it was ready.
    let screen: [String]

    /// Runs `body` with a server; afterwards it is gone, with its PostgreSQL and its data.
    static func with(_ name: String = "", _ body: (DevServer) async throws -> Void) async throws {
        try await TemporaryFolder.with(name) { folder in
            let state = StateFolder("\(folder.path)/.switchboard")
            do {
                try await body(try await DevServer(state))
            } catch {
                try await forget(state)
                throw error
            }
            try await forget(state)
        }
    }

    /// Starts it and waits for its last line.
    init(_ state: StateFolder, _ options: String...) async throws {
        self.state = state
        program = try Program([BuiltPrograms.switchboard, "dev", "--state", state.path, "--port", "0"] + options, errors: .amongOutput)
        var lines: [String] = []
        while true {
            guard let line = try await program.line() else {
                throw ProgramFailure("switchboard dev ended before it was ready:\n\(lines.joined(separator: "\n"))")
            }
            lines.append(line)
            if line.hasPrefix("Data, keys, token and log are in ") { break }
        }
        screen = lines
    }

    func call(_ words: String..., state other: StateFolder? = nil) async throws -> Outcome {
        try await Outcome([BuiltPrograms.switchctl, "call"] + words + ["--state", (other ?? state).path])
    }

    func createLead(email: String, key: String? = nil, state other: StateFolder? = nil) async throws -> Outcome {
        let data = #"{"lead": {"firstName": "Ada", "lastName": "Lovelace", "email": "\#(email)"}}"#
        let words = ["LeadService/CreateLead", "-d", data] + (key.map { ["--idempotency-key", $0] } ?? [])
        return try await Outcome([BuiltPrograms.switchctl, "call"] + words + ["--state", (other ?? state).path])
    }

    /// Asks it to end, and waits until it has.
    func stop(_ signal: Int32 = SIGINT) async throws -> Program.Ending {
        program.signal(signal)
        return try await program.end()
    }

    /// The number of its PostgreSQL's first process; nil when none runs.
    var postmaster: pid_t? { Self.postmaster(of: state) }

    private static func clusterFolder(of state: StateFolder) throws -> String? {
        guard Files.exists(state.cluster) else { return nil }
        return Files.isFolder(state.cluster) ? state.cluster : String(try Files.text(state.cluster).prefix { $0 != "\n" })
    }

    private static func postmaster(of state: StateFolder) -> pid_t? {
        guard let folder = try? clusterFolder(of: state), let text = try? Files.text("\(folder)/data/postmaster.pid"),
            let id = text.split(separator: "\n").first.flatMap({ pid_t($0) }),
            Files.resolved("/proc/\(id)/cwd") == Files.resolved("\(folder)/data")
        else { return nil }
        return id
    }

    /// Ends what a failed test left running, and removes a cluster outside of the state folder.
    private static func forget(_ state: StateFolder) async throws {
        if let text = try? Files.text(state.lock), let id = pid_t(text.filter { $0 != "\n" }),
            Files.resolved("/proc/\(id)/exe") == Files.resolved(BuiltPrograms.switchboard)
        {
            kill(id, SIGKILL)
        }
        if let id = postmaster(of: state) {
            kill(id, SIGQUIT)
            try await eventually { Self.postmaster(of: state) == nil }
        }
        if let folder = try clusterFolder(of: state), folder.hasPrefix("/var/lib/switchboard/") { try Files.remove(folder) }
    }
}

/// Looks again and again until `condition` holds; fails after ten minutes: on a busy machine a lease that has to end, and a program that has to
/// notice, take some of them.
func eventually(_ condition: () async throws -> Bool) async throws {
    let deadline = MonotonicTime.now() + .seconds(600)
    while !(try await condition()) {
        guard MonotonicTime.now() < deadline else { throw ProgramFailure("what was waited for did not happen within ten minutes") }
        try await BlockingPool.shared.run { _ = usleep(10_000) }
    }
}
