internal import RPC

/// What a reflection stream is asked, whichever version asks.
enum ReflectionQuestion {
    case fileByName(String)
    case fileContainingSymbol(String)
    case fileContainingExtension(type: String, number: Int32)
    case allExtensionNumbers(type: String)
    case listServices
    case unknown
}

/// What it is told.
enum ReflectionAnswer {
    /// Serialized FileDescriptorProtos, imports before importers; each once in a stream.
    case files([[UInt8]])
    case extensionNumbers(type: String, [Int32])
    case services([String])
    case failure(code: StatusCode, message: String)
}

/// One stream's answers: it remembers which files it has sent.
struct ReflectionAnswers {
    private let index: ReflectionIndex
    private var sent: Set<String> = []

    init(_ index: ReflectionIndex) {
        self.index = index
    }

    mutating func answer(_ question: ReflectionQuestion) -> ReflectionAnswer {
        switch question {
        case .fileByName(let name):
            return file(index.hasFile(name) ? name : nil, "no file is called \(name)")
        case .fileContainingSymbol(let symbol):
            return file(index.file(declaring: symbol), "no file declares \(symbol)")
        case .fileContainingExtension(let type, let number):
            return file(index.file(extending: type, number: number), "no file extends \(type) with the number \(number)")
        case .allExtensionNumbers(let type):
            guard let numbers = index.extensionNumbers(of: type) else {
                return .failure(code: .notFound, message: "no file declares \(type)")
            }
            return .extensionNumbers(type: type, numbers)
        case .listServices:
            return .services(index.services)
        case .unknown:
            return .failure(code: .invalidArgument, message: "the request asks nothing that this server knows")
        }
    }

    private mutating func file(_ name: String?, _ otherwise: String) -> ReflectionAnswer {
        guard let name else { return .failure(code: .notFound, message: otherwise) }
        let files = index.closure(of: name, sent: &sent)
        if !files.isEmpty { return .files(files) }
        // Asked for again: some clients keep nothing, so the file itself is repeated.
        var nothing: Set<String> = sent.subtracting([name])
        return .files(index.closure(of: name, sent: &nothing))
    }
}
