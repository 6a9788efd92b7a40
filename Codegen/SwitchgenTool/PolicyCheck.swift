internal import Protobuf

/// `--policy required`: every method says who may call it, by the option of switchboard/options/v1/options.proto.
struct PolicyCheck {
    let pool: DescriptorPool

    /// What is wrong with one method.
    struct Finding: Hashable {
        /// The method, as a path of SourceCodeInfo.
        let path: [Int32]
        let message: String
    }

    private static let option = "switchboard.options.v1.policy"

    /// All methods of a file whose policy is missing or says nothing, in the order of declaration.
    func findings(in file: FileDescriptorProto) -> [Finding] {
        file.service.enumerated().flatMap { index, service in
            service.method.enumerated().compactMap { position, method in
                fault(of: method).map { fault in
                    let path = [PathStep.fileService, Int32(clamping: index), PathStep.serviceMethod, Int32(clamping: position)]
                    return Finding(path: path, message: "\"\(method.name ?? "")\" \(fault)")
                }
            }
        }
    }

    private func fault(of method: MethodDescriptorProto) -> String? {
        let options = method.options.flatMap { try? DynamicMessage($0, in: pool) }
        guard let policy = options?["[\(Self.option)]"]?.messageValue else {
            return "does not say who may call it; write: option (\(Self.option)).scopes = \"…\"; "
                + "or, if everybody may: option (\(Self.option)).public = \"the reason\";"
        }
        let scopes = policy["scopes"]?.listValue?.compactMap(\.stringValue) ?? []
        let reason = policy["public"]?.stringValue ?? ""
        switch (scopes.isEmpty, reason.allSatisfy(\.isWhitespace)) {
        case (true, true): return "has a policy that lets nobody call it; give it scopes, or a reason why it is public"
        case (false, false): return "is public and asks for scopes; it can only be one of the two"
        default: return scopes.contains { $0.allSatisfy(\.isWhitespace) } ? "asks for a scope without a name" : nil
        }
    }
}
