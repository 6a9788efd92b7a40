internal import AttackBench
internal import Glibc
internal import Net
internal import TLS

/// `switchbench attack`: one hostile client, for so many seconds.
struct AttackCommand {
    private var target = ""
    private var name = ""
    private var seconds = 5
    private var roots: String?
    private var isList = false

    static let usage = """
        usage: switchbench attack --target 127.0.0.1:PORT --name NAME [--seconds S] [--ca F]
               switchbench attack --list

        Does to the server of bench.v1.Echo at PORT what hostile clients do, for S seconds (5, at most 600), and prints how often it was cut
        off. Only a server on this machine is attacked. --ca is for tls-hellos, which needs a server that speaks TLS; the others
        are for cleartext. Benchmarks/attack.sh measures what each does to another client's calls.
        """

    init(_ arguments: some Sequence<String>) throws(UsageError) {
        var options = Options(arguments)
        while let option = options.next() {
            switch option {
            case "--target": target = try options.value()
            case "--name": name = try options.value()
            case "--seconds": seconds = try options.number()
            case "--ca": roots = try options.value()
            case "--list": isList = true
            default: throw options.unknown
            }
        }
        guard !isList else { return }
        if target.isEmpty || name.isEmpty { throw UsageError("--target and --name are needed, or --list") }
        guard (1...600).contains(seconds) else { throw UsageError("--seconds is a number from 1 to 600") }
    }

    func run() throws {
        if isList {
            for attack in Attack.all { print("\(attack.name)\t\(attack.about)") }
            return
        }
        let address = try SocketAddress(target)
        guard address.isLoopback else { throw UsageError("\(target) is no address of this machine") }
        var attacker = Attacker(try attack(), on: address)
        let end = MonotonicTime.now() + .seconds(Int64(seconds))
        let report = try attacker.run { MonotonicTime.now() > end }
        print("\(name): \(report.opened) connections opened, \(report.ended) ended by the server, \(report.sentBytes / 1024) KiB sent")
    }

    private func attack() throws -> Attack {
        if let attack = Attack.all.first(where: { $0.name == name }) { return attack }
        guard name == "tls-hellos", let roots else { throw UsageError("there is no attack \(name); tls-hellos needs --ca") }
        let engine = try TLSEngine(client: .client(roots: .file(roots)), serverName: "localhost")
        return .handshakes(hello: engine.takeOutput())
    }
}
