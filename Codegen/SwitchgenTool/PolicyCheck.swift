internal import ProtoPolicy
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
        guard let policy = DeclaredPolicy(method, in: pool) else {
            return "does not say who may call it; write: option (switchboard.options.v1.policy).scopes = \"…\"; "
                + "or, if everybody may: option (switchboard.options.v1.policy).public = \"the reason\";"
        }
        return policy.fault?.sentence
    }
}
