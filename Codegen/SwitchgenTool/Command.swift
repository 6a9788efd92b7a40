/// What the command line asks for.
struct Command {
    enum Verb: String {
        case generate
        case descriptors
        case check
        case golden
        case migrations
        case policyDiff = "policy-diff"
        case policyTable = "policy-table"
        case help
    }

    /// `--module NAME=FOLDER`
    struct Module {
        let name: String
        let folder: String
    }

    private(set) var verb = Verb.help
    private(set) var inputs: [String] = []
    private(set) var roots: [String] = []
    private(set) var modules: [Module] = []
    private(set) var output: String?
    /// The Swift module that the generated files will belong to.
    private(set) var target = ""
    private(set) var accepts = false
    /// What declares too little is an error.
    private(set) var requiresPolicy = false

    /// The earlier form of the interface: a file, or a revision.
    private(set) var against: String?
    /// The file of what may be looser, and why.
    private(set) var acknowledged: String?
    /// The file of which scopes each role stands for.
    private(set) var roles: String?
    private(set) var leavesCommentsOut = false

    static let usage = """
        switchgen makes Swift from .proto files.

          switchgen generate --out FOLDER --target MODULE [--module NAME=FOLDER]... [--root FOLDER]...
                             [--policy required|off] INPUT...
          switchgen descriptors --out FILE [--without-comments] [--root FOLDER]... INPUT...
          switchgen check [--root FOLDER]... INPUT...
          switchgen --golden FOLDER [--module NAME=FOLDER]... [--accept]
          switchgen migrations --out FILE NNNN_NAME.sql...
          switchgen policy-diff --against FILE|REVISION [--acknowledged FILE] [--roles FILE] [--root FOLDER]... INPUT...
          switchgen policy-table --out FILE --roles FILE [--root FOLDER]... INPUT...

        generate     writes one Swift file for each .proto; a file whose content would not change is left alone
        descriptors  writes a FileDescriptorSet with everything that is imported and all comments
        check        only looks for errors
        --golden     compares FOLDER/*/expected.swift with what FOLDER/*/input.proto generates
        migrations   writes the numbered .sql files of a module as one Swift file
        policy-diff  says what the policies and rules of INPUT allow that they did not in an earlier FileDescriptorSet or
                     git revision, and who may call it; fails unless --acknowledged has a reason for each
        policy-table writes the policies of INPUT as a page: who may call what

        INPUT is a .proto file or a folder of them. Imports are looked for below --root, else below the nearest
        folder called Proto around INPUT, else below INPUT itself, and below the folders of the modules.
          --target MODULE       the module that the output is compiled in
          --module NAME=FOLDER  the files in FOLDER are generated in module NAME
          --policy required     methods declare who may call them, by (switchboard.options.v1.policy), and requests are bounded; off by default
          --accept              make what is generated now the expected text
        """

    init(_ words: [String]) throws(Failure) {
        var rest = words[...]
        guard let first = rest.popFirst() else { throw .usage("a command is missing") }
        switch first {
        case "generate", "descriptors", "check", "migrations", "policy-diff", "policy-table": verb = Verb(rawValue: first) ?? .help
        case "--golden":
            verb = .golden
            inputs.append(try Self.value(of: first, &rest))
        case "help", "--help", "-h": return
        default: throw .usage("there is no command \"\(first)\"")
        }
        while let word = rest.popFirst() {
            switch word {
            case "--out": output = try Self.value(of: word, &rest)
            case "--target": target = try Self.value(of: word, &rest)
            case "--root": roots.append(try Self.value(of: word, &rest))
            case "--module": modules.append(try Self.module(try Self.value(of: word, &rest)))
            case "--policy" where verb == .generate:
                switch try Self.value(of: word, &rest) {
                case "required": requiresPolicy = true
                case "off": requiresPolicy = false
                case let other: throw .usage("--policy is required or off, not \"\(other)\"")
                }
            case "--accept" where verb == .golden: accepts = true
            case "--without-comments" where verb == .descriptors: leavesCommentsOut = true
            case "--against" where verb == .policyDiff: against = try Self.value(of: word, &rest)
            case "--acknowledged" where verb == .policyDiff: acknowledged = try Self.value(of: word, &rest)
            case "--roles" where verb == .policyDiff || verb == .policyTable: roles = try Self.value(of: word, &rest)
            case _ where word.hasPrefix("-"): throw .usage("there is no option \"\(word)\" for \(first)")
            default: inputs.append(word)
            }
        }
        if inputs.isEmpty, verb == .migrations { throw .usage("migrations needs at least one .sql file") }
        if inputs.isEmpty { throw .usage("\(first) needs at least one .proto file or folder") }
        if verb == .golden, inputs.count > 1 { throw .usage("--golden takes one folder") }
    }

    private static func value(of option: String, _ rest: inout ArraySlice<String>) throws(Failure) -> String {
        guard let value = rest.popFirst() else { throw .usage("\(option) needs a value") }
        return value
    }

    private static func module(_ text: String) throws(Failure) -> Module {
        let parts = text.split(separator: "=", maxSplits: 1).map(String.init)
        guard parts.count == 2 else { throw .usage("--module needs NAME=FOLDER, not \"\(text)\"") }
        return Module(name: parts[0], folder: parts[1])
    }
}
