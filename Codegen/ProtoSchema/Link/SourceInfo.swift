internal import Protobuf

/// Where each declaration stands and which comments belong to it, in the form of SourceCodeInfo: paths of field numbers and
/// indices through the FileDescriptorProto.
struct SourceInfo {
    private let source: SourceText
    private var locations: [SourceCodeInfo.Location] = []

    /// Field numbers of descriptor.proto that paths are made of.
    private enum Step {
        static let fileSyntax: Int32 = 12
        static let filePackage: Int32 = 2
        static let fileDependency: Int32 = 3
        static let fileMessage: Int32 = 4
        static let fileEnum: Int32 = 5
        static let fileService: Int32 = 6
        static let fileExtension: Int32 = 7
        static let messageField: Int32 = 2
        static let messageNested: Int32 = 3
        static let messageEnum: Int32 = 4
        static let messageExtension: Int32 = 6
        static let messageOneof: Int32 = 8
        static let enumValue: Int32 = 2
        static let serviceMethod: Int32 = 2
    }

    init(_ file: ParsedFile) {
        source = file.source
        let syntax = file.syntax
        let last = max(0, file.source.bytes.count)
        add([], Site(span: Span(start: 0, end: last)))
        if let site = syntax.syntaxSite { add([Step.fileSyntax], site) }
        if let site = syntax.packageSite { add([Step.filePackage], site) }
        each(syntax.imports, [], Step.fileDependency) { info, path, statement in info.add(path, statement.site) }
        each(syntax.messages, [], Step.fileMessage) { $0.add($1, $2) }
        each(syntax.enums, [], Step.fileEnum) { $0.add($1, $2) }
        each(syntax.services, [], Step.fileService) { info, path, service in
            info.add(path, service.site)
            info.each(service.methods, path, Step.serviceMethod) { $0.add($1, $2.site) }
        }
        each(syntax.extensions, [], Step.fileExtension) { $0.add($1, $2.site) }
    }

    var info: SourceCodeInfo {
        var info = SourceCodeInfo()
        info.location = locations
        return info
    }

    private mutating func each<Element>(
        _ elements: [Element], _ path: [Int32], _ step: Int32, _ body: (inout SourceInfo, [Int32], Element) -> Void
    ) {
        for (index, element) in elements.enumerated() { body(&self, path + [step, Int32(clamping: index)], element) }
    }

    private mutating func add(_ path: [Int32], _ message: MessageSyntax) {
        // A map's entry message is written nowhere.
        guard message.mapField == nil else { return }
        add(path, message.site)
        each(message.fields, path, Step.messageField) { $0.add($1, $2.site) }
        each(message.oneofs, path, Step.messageOneof) { info, path, oneof in
            if !oneof.isSynthetic { info.add(path, oneof.site) }
        }
        each(message.messages, path, Step.messageNested) { $0.add($1, $2) }
        each(message.enums, path, Step.messageEnum) { $0.add($1, $2) }
        each(message.extensions, path, Step.messageExtension) { $0.add($1, $2.site) }
    }

    private mutating func add(_ path: [Int32], _ enumeration: EnumSyntax) {
        add(path, enumeration.site)
        each(enumeration.values, path, Step.enumValue) { $0.add($1, $2.site) }
    }

    private mutating func add(_ path: [Int32], _ site: Site) {
        var location = SourceCodeInfo.Location()
        location.path = path
        let start = source.position(of: site.span.start)
        let end = source.position(of: site.span.end)
        let span = [start.line, start.column] + (end.line == start.line ? [] : [end.line]) + [end.column]
        location.span = span.map { Int32(clamping: $0) }
        location.leadingComments = site.comments.leading
        location.trailingComments = site.comments.trailing
        location.leadingDetachedComments = site.comments.detached
        locations.append(location)
    }
}
