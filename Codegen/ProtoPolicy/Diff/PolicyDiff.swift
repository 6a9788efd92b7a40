public import Protobuf

/// An interface beside an earlier form of it: what is looser now, and who may call what that did not.
public struct PolicyDiff {
    public private(set) var loosened: [Loosening] = []
    /// By the method's full name: who may call it. Methods that are new, and those whose access is looser.
    public private(set) var opened: [(method: String, policy: DeclaredPolicy?)] = []

    /// - Parameter names: the files that are looked at, by their import names.
    public init(from old: DescriptorPool, to new: DescriptorPool, files names: Set<String>) {
        for file in new.files where names.contains(file.name ?? "") {
            let scope = (file.package ?? "").isEmpty ? "" : "\(file.package ?? "")."
            for service in file.service { compare(service: scope + (service.name ?? ""), old, new) }
            for message in file.messageType { compare(message: scope + (message.name ?? ""), old, new) }
        }
        loosened.sort()
        opened.sort { $0.method < $1.method }
    }

    private mutating func compare(service name: String, _ old: DescriptorPool, _ new: DescriptorPool) {
        let before = old.service(named: name)
        for method in new.service(named: name)?.methods ?? [] {
            let fullName = "\(name)/\(method.name)"
            let policy = DeclaredPolicy(method.proto, in: new)
            guard let earlier = before?.method(named: method.name) else {
                opened.append((fullName, policy))
                continue
            }
            let known = DeclaredPolicy(earlier.proto, in: old)
            loosened += MethodDiff.loosened(known, policy).map { Loosening(subject: fullName, change: $0) }
            if let known, MethodDiff.opens(known, policy) { opened.append((fullName, policy)) }
        }
    }

    private mutating func compare(message name: String, _ old: DescriptorPool, _ new: DescriptorPool) {
        guard let message = new.message(named: name), let before = old.message(named: name) else { return }
        for field in message.fields {
            guard let earlier = before.field(number: field.number) else { continue }
            let changes = RuleDiff.loosened(DeclaredField(earlier, in: old), DeclaredField(field, in: new))
            loosened += changes.map { Loosening(subject: "\(name).\(field.name)", change: $0) }
        }
        for oneof in before.proto.oneofDecl where isRequired(oneof, old) {
            let now = message.proto.oneofDecl.first { $0.name == oneof.name }
            if now.map({ isRequired($0, new) }) != true {
                loosened.append(Loosening(subject: "\(name).\(oneof.name ?? "")", change: "is not required any more"))
            }
        }
        for nested in message.proto.nestedType { compare(message: "\(name).\(nested.name ?? "")", old, new) }
    }

    private func isRequired(_ oneof: OneofDescriptorProto, _ pool: DescriptorPool) -> Bool {
        guard let options = oneof.options, !options.unknownFields.isEmpty else { return false }
        return (try? DynamicMessage(options, in: pool))?["[buf.validate.oneof]"]?.messageValue?["required"]?.boolValue ?? false
    }
}
