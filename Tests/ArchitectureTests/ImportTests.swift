import Testing

/// Who may import whom. SwiftPM lets a target import whatever its dependencies depend on, so that a table has to say what it may.
struct ImportTests {
    /// Modules of ours that each module may use. Nobody stands below himself: read from top to bottom, each line names only those above.
    private static let table: KeyValuePairs<String, Set<String>> = [
        "CNet": [],
        "CPostgres": [],
        "Net": ["CNet"],
        "Crypto": ["CNet"],
        "TLS": ["CNet", "Crypto"],
        "HTTP2": ["CNet", "Net", "Crypto", "TLS"],
        "Protobuf": [],
        "StandardTypes": ["Protobuf"],
        "OptionsAPI": ["Protobuf", "StandardTypes"],
        "Pattern": [],
        "Validation": ["Pattern", "Protobuf", "StandardTypes"],
        "RPC": ["CNet", "Net", "Crypto", "TLS", "HTTP2", "Protobuf", "StandardTypes", "Validation"],
        "RPCTesting": ["RPC", "HTTP2", "Net"],
        "StandardServices": ["RPC", "Protobuf", "StandardTypes"],
        "Postgres": ["CPostgres", "Net", "Crypto"],
        "Senders": ["Net", "Crypto", "TLS", "Postgres"],
        "LeadAPI": ["RPC", "Protobuf", "StandardTypes", "OptionsAPI"],
        "BillingAPI": ["RPC", "Protobuf", "StandardTypes", "Validation", "OptionsAPI"],
        "ConfigAPI": ["Protobuf", "StandardTypes"],
        "AdminAPI": ["RPC", "Protobuf", "StandardTypes", "Validation", "OptionsAPI"],
        "SwitchboardAPI": ["LeadAPI", "BillingAPI", "AdminAPI", "RPC", "StandardTypes", "Net"],
        "Platform": [
            "Net", "Crypto", "TLS", "HTTP2", "RPC", "Protobuf", "StandardTypes", "StandardServices", "Postgres", "Senders", "ConfigAPI",
        ],
        "Resources": ["StandardTypes", "Postgres", "Crypto"],
        "LeadServer": [
            "Resources", "Platform", "LeadAPI", "RPC", "Validation", "Protobuf", "StandardTypes", "Senders", "Postgres", "Crypto", "Net",
        ],
        "BillingServer": [
            "Resources", "Platform", "BillingAPI", "RPC", "Protobuf", "StandardTypes", "Senders", "Postgres", "Crypto", "Net",
        ],
        "AdminServer": ["Resources", "Platform", "AdminAPI", "RPC", "Protobuf", "StandardTypes", "Senders", "Postgres", "Crypto", "Net"],
        "Console": [],
        // The whole server; and a client that links neither the services nor libpq.
        "switchboard": [
            "Console", "LeadServer", "LeadAPI", "BillingServer", "AdminServer", "AdminAPI", "Platform", "ConfigAPI", "StandardServices",
            "RPC", "HTTP2",
            "TLS", "Crypto", "Net", "Postgres", "Senders", "Protobuf", "StandardTypes",
        ],
        "switchctl": ["Console", "SwitchboardAPI", "StandardServices", "RPC", "Protobuf", "StandardTypes", "TLS", "Net"],
        "BenchAPI": ["RPC", "Protobuf", "StandardTypes", "OptionsAPI"],
        "InteropAPI": ["RPC", "Protobuf", "StandardTypes"],
        "CodecBench": ["BenchAPI", "Protobuf"],
        "AttackBench": ["Net"],
        // What the benchmarks compare with has a package of its own.
        "SwiftProtobuf": [],
        "switchbench": [
            "BenchAPI", "InteropAPI", "LeadAPI", "BillingAPI", "CodecBench", "AttackBench", "Platform", "Postgres", "RPC",
            "StandardServices", "HTTP2", "TLS", "Crypto", "Net", "Protobuf", "StandardTypes", "ConfigAPI", "AdminAPI", "Console",
        ],
        "ProtoSchema": ["Protobuf"],
        "ProtoPolicy": ["Protobuf"],
        "SwiftEmitter": ["ProtoPolicy", "Protobuf", "Pattern"],
        "SwitchgenTool": ["SwiftEmitter", "ProtoSchema", "ProtoPolicy", "Protobuf", "Console"],
        "switchgen": ["SwitchgenTool"],
        "SwitchgenPlugin": [],
        "MigrationsPlugin": [],
    ]

    /// What the system brings. Foundation is slow and heavy, and knows no time zones when it is linked statically: only above the stack.
    private static let system: Set<String> = ["Glibc", "Synchronization"]
    private static let withFoundation: Set<String> = [
        "Platform", "LeadServer", "switchboard", "switchctl", "switchbench", "SwitchgenPlugin", "MigrationsPlugin",
    ]

    @Test("every module imports only what stands below it")
    func imports() throws {
        let rows = Dictionary(uniqueKeysWithValues: Self.table.map { ($0.key, $0.value) })
        let files = try SourceTree("Sources", "Codegen", "Benchmarks").files
        #expect(files.count > 100)
        for file in files {
            guard let allowed = rows[file.module] else {
                Issue.record("\(file.path) is in a module that the table does not know: \(file.module)")
                continue
            }
            for imported in SourceTree.imports(of: file) where imported != file.module {
                let isAllowed =
                    allowed.contains(imported) || Self.system.contains(imported)
                    || (imported == "Foundation" && Self.withFoundation.contains(file.module))
                    || (imported == "PackagePlugin" && file.module.hasSuffix("Plugin"))
                    || (imported == "PackageDescription" && file.path.hasSuffix("/Package.swift"))
                #expect(isAllowed, "\(file.path) must not import \(imported)")
            }
        }
    }

    @Test("the table itself has no arrow that points up")
    func order() {
        var above: Set<String> = []
        for (module, allowed) in Self.table {
            #expect(allowed.isSubset(of: above), "\(module) stands above \(allowed.subtracting(above).sorted())")
            above.insert(module)
        }
    }

    @Test(
        "an import is seen whatever stands before it",
        arguments: [
            ("import Net", "Net"), ("public import Net", "Net"), ("@testable import Net", "Net"),
            ("@_exported public import LeadAPI", "LeadAPI"),
            ("internal import struct Foundation.URL", "Foundation"), ("@_spi(Testing) public import RPC", "RPC"),
        ])
    func parsing(line: String, module: String) {
        #expect(SourceTree.imports(of: SourceTree.File(path: "Sources/A/B.swift", text: "// import Nothing\n\(line)\n")) == [module])
    }
}
