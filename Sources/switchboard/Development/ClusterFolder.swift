internal import Console
internal import Crypto
internal import Glibc

/// Where the private PostgreSQL lives, and as whom it runs.
///
/// PostgreSQL refuses to run as root, and the `postgres` user cannot enter root's home: root's clusters are under /var/lib/switchboard,
/// and the state folder holds a file with the path instead. Everyone else's cluster is in the state folder itself.
struct ClusterFolder: Equatable {
    /// Holds `data`, `run` and `log`.
    var path: String
    /// Nil: as the user who runs this program.
    var account: Account?

    struct Account: Equatable {
        var userID: uid_t
        var groupID: gid_t
    }

    static let sharedFolder = "/var/lib/switchboard"

    var data: String { "\(path)/data" }
    var log: String { "\(path)/log" }

    /// The folder of the Unix socket: short enough for `sockaddr_un` (108 bytes with the final zero), whatever the path of the state
    /// folder, and free of characters that PostgreSQL's list of folders or a connection string would have to quote.
    var socketFolder: String {
        let near = "\(path)/run"
        let isPlain = near.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
                UInt8(ascii: "/"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"):
                true
            default: false
            }
        }
        if isPlain && "\(near)/.s.PGSQL.5432".utf8.count <= 107 { return near }
        return "/tmp/switchboard-\(hexadecimal(SHA256.digest(Array(path.utf8)).prefix(8)))"
    }

    /// The cluster of a state folder, new or known.
    static func locate(_ state: StateFolder) throws -> ClusterFolder {
        if Files.isFolder(state.cluster) { return ClusterFolder(path: state.cluster, account: try owner(of: state.cluster)) }
        if Files.exists(state.cluster) {
            let path = try Files.text(state.cluster).split(separator: "\n").first.map(String.init) ?? ""
            guard isShared(path), getuid() == 0 else {
                throw Failure("The PostgreSQL of \(state.path) belongs to root: start as root, or choose another folder with --state.")
            }
            return ClusterFolder(path: path, account: try postgresAccount())
        }
        guard getuid() == 0 else { return ClusterFolder(path: state.cluster, account: nil) }
        let path = "\(sharedFolder)/\(hexadecimal(SecureRandom.bytes(8)))"
        let folder = ClusterFolder(path: path, account: try postgresAccount())
        try Files.makeFolder(path)
        try Files.write("\(state.path)\n", to: "\(path)/state")
        try Files.write("\(path)\n", to: state.cluster)
        return folder
    }

    /// Whether a path has exactly the form that `locate` gives: `--fresh` removes what the pointer names, and nothing else on this machine.
    static func isShared(_ path: String) -> Bool {
        let name = path.dropFirst(sharedFolder.count + 1)
        return path.hasPrefix(sharedFolder + "/") && name.utf8.count == 16 && name.allSatisfy { $0.isHexDigit && $0.isASCII }
    }

    /// The folder that the socket lies in, ours alone. In /tmp anybody may have made one of that name before.
    func makeSocketFolder() throws {
        let folder = socketFolder
        if unsafe mkdir(folder, 0o700) == 0 {
            if let account { unsafe lchown(folder, account.userID, account.groupID) }
        } else if errno != EEXIST {
            throw Failure("Cannot make \(folder): \(systemErrorText(errno)).")
        }
        var status = stat()
        guard unsafe lstat(folder, &status) == 0, status.st_mode & S_IFMT == S_IFDIR, status.st_mode & 0o077 == 0,
            status.st_uid == account?.userID ?? getuid()
        else {
            throw Failure("\(folder), where PostgreSQL's socket has to be, is somebody else's: remove it.")
        }
    }

    private static func postgresAccount() throws -> Account {
        guard let entry = unsafe getpwnam("postgres") else {
            throw Failure("There is no user named postgres on this machine: install PostgreSQL (apt-get install postgresql).")
        }
        return unsafe Account(userID: entry.pointee.pw_uid, groupID: entry.pointee.pw_gid)
    }

    /// When root works on an ordinary user's state folder, its PostgreSQL stays that user's.
    private static func owner(of path: String) throws -> Account? {
        var status = stat()
        guard unsafe stat(path, &status) == 0 else { throw Failure("Cannot look at \(path): \(systemErrorText(errno)).") }
        guard status.st_uid != getuid() else { return nil }
        guard getuid() == 0 else { throw Failure("\(path) belongs to another user: choose another folder with --state.") }
        return Account(userID: status.st_uid, groupID: status.st_gid)
    }
}

func hexadecimal(_ bytes: some Sequence<UInt8>) -> String {
    bytes.reduce(into: "") { text, byte in
        let digits = String(byte, radix: 16)
        text += digits.utf8.count == 1 ? "0" + digits : digits
    }
}
