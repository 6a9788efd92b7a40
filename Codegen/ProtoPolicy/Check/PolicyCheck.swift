public import Protobuf

/// `--policy required`: what an interface has to declare (`switchboard/options/v1/options.proto`), and does not.
public struct PolicyCheck {
    private let pool: DescriptorPool
    private let places: Places
    /// Those who can be changed: what is wrong in others is said of the field that leads there.
    private let own: Set<String>
    private var findings: [Finding] = []
    private var known: Set<Finding> = []
    /// Fields of which it has been said, whichever methods take them.
    private var unbounded: Set<Places.Place> = []

    private init(_ files: [FileDescriptorProto], in pool: DescriptorPool) {
        self.pool = pool
        places = Places(pool)
        own = Set(files.compactMap(\.name))
    }

    /// All that is wrong with `files`, each thing once, in the order in which it was found: method by method.
    public static func findings(in files: [FileDescriptorProto], of pool: DescriptorPool) -> [Finding] {
        var check = PolicyCheck(files, in: pool)
        for file in files { check.check(file) }
        return check.findings
    }

    private mutating func add(_ place: Places.Place, _ word: String, _ message: String) {
        let finding = Finding(file: place.file, path: place.path, word: word, message: message)
        if known.insert(finding).inserted { findings.append(finding) }
    }

    private mutating func check(_ file: FileDescriptorProto) {
        let scope = (file.package ?? "").isEmpty ? "" : "\(file.package ?? "")."
        for (index, proto) in file.service.enumerated() {
            for (position, method) in (pool.service(named: scope + (proto.name ?? ""))?.methods ?? []).enumerated() {
                let path = [PathStep.fileService, Int32(clamping: index), PathStep.serviceMethod, Int32(clamping: position)]
                check(method, at: Places.Place(file: file.name ?? "", path: path))
            }
        }
        for message in file.messageType { checkReasons(scope + (message.name ?? "")) }
    }

    private mutating func check(_ method: MethodDescriptor, at place: Places.Place) {
        let policy = DeclaredPolicy(method.proto, in: pool)
        if let policy {
            for fault in policy.faults + policy.omissions { add(place, fault.word, "\"\(method.name)\" \(fault.sentence)") }
        } else {
            add(
                place, "",
                "\"\(method.name)\" does not say who may call it; write: option (switchboard.options.v1.policy).scopes = \"…\"; "
                    + "or, if everybody may: option (switchboard.options.v1.policy).public = \"the reason\";")
        }
        if isList(method) { checkPages(of: method, at: place) }
        var seen: Set<String> = []
        checkRequest(method.input, method, policy, via: place, &seen)
        seen = []
        checkReply(method.output, method, &seen)
    }

    // MARK: Requests

    private mutating func checkRequest(
        _ message: MessageDescriptor, _ method: MethodDescriptor, _ policy: DeclaredPolicy?, via: Places.Place, _ seen: inout Set<String>
    ) {
        guard seen.insert(message.fullName).inserted else { return }
        for field in message.fields {
            let declared = DeclaredField(field, in: pool)
            // What a request has in it there counts for nothing.
            if declared.isOutputOnly { continue }
            let isOwn = own.contains(message.fileName)
            let place = isOwn ? places.place(of: field, in: message) ?? via : via
            let fault = Bounds.fault(of: field, in: message, declared)
            if let fault, isOwn, unbounded.insert(place).inserted {
                add(place, "", "\"\(field.name)\" \(fault) (\(method.name) takes it in a request)")
            }
            let value = message.entry(of: field)?.value ?? field
            let type = value.kind == .message ? pool.message(named: String((value.proto.typeName ?? "").dropFirst())) : nil
            let isOpen = type.map { Bounds.isOpen($0.fullName, declared) } ?? false
            if isOpen || fault != nil && !isOwn {
                if let policy, policy.requestBytes == nil {
                    let name = isOwn ? "\"\(field.name)\"" : "\"\(field.name)\" of \(message.fullName)"
                    add(
                        place, "",
                        "\(name) cannot be bounded by a rule; give \(method.name), which takes it in a request, a request_bytes_max")
                }
            } else if let type, !type.fullName.hasPrefix("google.protobuf.") {
                checkRequest(type, method, policy, via: place, &seen)
            }
        }
    }

    /// A stream needs no pages: it stops while nobody reads it.
    private func isList(_ method: MethodDescriptor) -> Bool {
        let rest = method.name.dropFirst(4)
        return method.name.hasPrefix("List") && !(rest.first?.isLowercase ?? false) && !method.isServerStreaming
    }

    private mutating func checkPages(of method: MethodDescriptor, at place: Places.Place) {
        let example = "[(buf.validate.field).int32 = {gte: 0, lte: 100}]"
        if let size = method.input.field(named: "page_size") {
            if !Bounds.isLimited(size, DeclaredField(size, in: pool)) {
                add(
                    places.place(of: size, in: method.input) ?? place, "",
                    "\"page_size\" is as great as its sender likes, and so is the page of \(method.name); write: \(example)")
            }
        } else {
            add(
                place, "",
                "\"\(method.name)\" lists without a page_size; write in \(method.input.fullName): int32 page_size = … \(example);")
        }
        if method.input.field(named: "page_token")?.kind != .string {
            add(
                place, "",
                "\"\(method.name)\" lists without a page_token; write in \(method.input.fullName): "
                    + "string page_token = … [(buf.validate.field).string.max_len = 256];")
        }
    }

    // MARK: Secrets

    private mutating func checkReply(_ message: MessageDescriptor, _ method: MethodDescriptor, _ seen: inout Set<String>) {
        guard seen.insert(message.fullName).inserted else { return }
        for field in message.fields {
            let declared = DeclaredField(field, in: pool)
            if declared.sensitivity == .secret, let place = places.place(of: field, in: message) {
                if !declared.isOutputOnly {
                    add(
                        place, "sensitive",
                        "\"\(field.name)\" is secret and in the reply of \(method.name); only what the server makes may be, so write: "
                            + "(switchboard.options.v1.output_only) = true, or take it out of the reply")
                }
                if declared.secretReason.allSatisfy(\.isWhitespace) {
                    add(
                        place, "sensitive",
                        "\"\(field.name)\" is secret and in the reply of \(method.name) without a reason; write: "
                            + "(switchboard.options.v1.secret_reason) = \"…\", or take it out of the reply")
                }
            }
            let value = message.entry(of: field)?.value ?? field
            if value.kind == .message, let type = pool.message(named: String((value.proto.typeName ?? "").dropFirst())) {
                checkReply(type, method, &seen)
            }
        }
    }

    /// Reasons for what is no secret.
    private mutating func checkReasons(_ name: String) {
        guard let message = pool.message(named: name) else { return }
        for field in message.fields {
            let declared = DeclaredField(field, in: pool)
            if !declared.secretReason.isEmpty, declared.sensitivity != .secret, let place = places.place(of: field, in: message) {
                add(
                    place, "secret_reason",
                    "\"\(field.name)\" has a secret_reason and is not secret; write: "
                        + "(switchboard.options.v1.sensitive) = SENSITIVITY_SECRET, or take the reason away")
            }
        }
        for nested in message.proto.nestedType { checkReasons("\(name).\(nested.name ?? "")") }
    }
}
