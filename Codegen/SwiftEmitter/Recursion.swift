import Protobuf

/// Which messages contain themselves, directly or through others. A struct cannot, so such fields are boxed.
struct Recursion {
    private var cycleOfType: [String: Int] = [:]

    init(_ pool: DescriptorPool) {
        var links: [String: [String]] = [:]
        for file in pool.files {
            Recursion.collect(file.messageType, scope: file.package ?? "", into: &links)
        }
        var search = CycleSearch(links: links)
        for type in links.keys.sorted() where search.order[type] == nil {
            search.visit(type)
        }
        cycleOfType = search.cycleOfType
    }

    func isRecursive(_ field: String, in message: String) -> Bool {
        let target = String(field.drop { $0 == "." })
        guard let cycle = cycleOfType[target] else { return false }
        return cycle == cycleOfType[message]
    }

    private static func collect(_ messages: [DescriptorProto], scope: String, into links: inout [String: [String]]) {
        for message in messages {
            let name = scope.isEmpty ? message.name ?? "" : "\(scope).\(message.name ?? "")"
            links[name] = message.field.filter { $0.type == .message && $0.label != .repeated }.map {
                String(($0.typeName ?? "").dropFirst())
            }
            collect(message.nestedType, scope: name, into: &links)
        }
    }
}

/// Tarjan's strongly connected components: messages in one of them contain each other.
private struct CycleSearch {
    let links: [String: [String]]
    private(set) var order: [String: Int] = [:]
    private(set) var cycleOfType: [String: Int] = [:]
    private var low: [String: Int] = [:]
    private var stack: [String] = []
    private var onStack: Set<String> = []

    init(links: [String: [String]]) {
        self.links = links
    }

    mutating func visit(_ type: String) {
        let number = order.count
        order[type] = number
        var lowest = number
        stack.append(type)
        onStack.insert(type)
        for next in links[type] ?? [] {
            if order[next] == nil {
                visit(next)
                lowest = min(lowest, low[next] ?? lowest)
            } else if onStack.contains(next) {
                lowest = min(lowest, order[next] ?? lowest)
            }
        }
        low[type] = lowest
        if lowest == number {
            while let member = stack.popLast() {
                onStack.remove(member)
                cycleOfType[member] = number
                if member == type {
                    break
                }
            }
        }
    }
}
