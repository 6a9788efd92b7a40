import Console
import Glibc
import Testing

/// A folder of its own for one test, removed at its end.
struct TemporaryFolder: ~Copyable {
    let path: String

    init() throws {
        path = "/tmp/switchboard-test-\(UInt64.random(in: 0 ... .max))"
        try Files.makeFolder(path)
    }

    deinit {
        try? Files.remove(path)
    }
}

struct FilesTests {
    @Test("a file is written in one step, with its mode, over an older one")
    func write() throws {
        let folder = try TemporaryFolder()
        let path = "\(folder.path)/key"
        try Files.write("old", to: path)
        try Files.write("new", to: path, mode: 0o600)
        #expect(try Files.text(path) == "new")
        var status = stat()
        #expect(unsafe stat(path, &status) == 0)
        #expect(status.st_mode & 0o777 == 0o600)
        #expect(Files.names(in: folder.path) == ["key"])
    }

    @Test("removing takes a whole tree, and a link but not what it leads to")
    func remove() throws {
        let folder = try TemporaryFolder()
        try Files.makeFolder("\(folder.path)/a/b/c")
        try Files.write("x", to: "\(folder.path)/kept")
        #expect(unsafe symlink("\(folder.path)/kept", "\(folder.path)/a/link") == 0)
        try Files.remove("\(folder.path)/a")
        try Files.remove("\(folder.path)/not-there")
        #expect(Files.names(in: folder.path) == ["kept"])
    }

    @Test("what cannot be read says so with its path and reason")
    func unreadable() throws {
        let error = #expect(throws: FileError.self) { try Files.read("/nonexistent/file") }
        #expect(error?.description == "Cannot read /nonexistent/file: No such file or directory.")
    }

    @Test("the state folder is found from any folder below the one that holds it")
    func stateFolder() throws {
        let folder = try TemporaryFolder()
        let state = StateFolder("\(folder.path)/.switchboard")
        try Files.makeFolder("\(folder.path)/a/b")
        #expect(StateFolder.find(from: ["\(folder.path)/a/b"]) != state)
        try Files.makeFolder(state.path)
        try Files.write("127.0.0.1:7443\n", to: state.address)
        #expect(StateFolder.find(from: ["\(folder.path)/a/b"]) == state)
        #expect(StateFolder.find(from: ["/nonexistent", folder.path]) == state)
    }
}

struct ChildProcessTests {
    @Test("a child reads its input, writes to its file and tells its exit code")
    func run() throws {
        let folder = try TemporaryFolder()
        let child = try ChildProcess("/bin/sh", ["-c", "cat; echo oops >&2; exit 7"], input: "in\n", output: "\(folder.path)/out")
        #expect(child.wait() == 7)
        #expect(try Files.text("\(folder.path)/out") == "in\noops\n")
        #expect(Files.names(in: folder.path) == ["out"])
    }

    @Test("a child in a session of its own can be stopped by its number, and a signal shows in its exit code")
    func detached() throws {
        let folder = try TemporaryFolder()
        let child = try ChildProcess("/bin/sleep", ["60"], output: "\(folder.path)/out", detached: true)
        #expect(child.poll() == nil)
        #expect(!child.hasEnded)
        #expect(getsid(child.id) == child.id)
        kill(child.id, SIGTERM)
        #expect(child.wait() == 128 + SIGTERM)
    }

    @Test("a program that is not there is an error, not a child")
    func missing() throws {
        let folder = try TemporaryFolder()
        #expect(throws: FileError.self) { try ChildProcess("/nonexistent/program", [], output: "\(folder.path)/out") }
    }
}
