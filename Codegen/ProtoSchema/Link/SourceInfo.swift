internal import Protobuf

/// Where each declaration stands and which comments belong to it, in the form of SourceCodeInfo: paths of field numbers and
/// indices through the FileDescriptorProto.
struct SourceInfo {
    private let source: SourceText
    private var locations: [SourceCodeInfo.Location] = []

    init(_ file: ParsedFile) {
        source = file.source
        let syntax = file.syntax
        let last = max(0, file.source.bytes.count)
        add([], Site(span: Span(start: 0, end: last)))
        if let site = syntax.syntaxSite { add([PathStep.fileSyntax], site) }
        if let site = syntax.packageSite { add([PathStep.filePackage], site) }
        each(syntax.imports, [], PathStep.fileDependency) { info, path, statement in info.add(path, statement.site) }
        each(syntax.messages, [], PathStep.fileMessage) { $0.add($1, $2) }
        each(syntax.enums, [], PathStep.fileEnum) { $0.add($1, $2) }
        each(syntax.services, [], PathStep.fileService) { info, path, service in
            info.add(path, service.site)
            info.each(service.methods, path, PathStep.serviceMethod) { $0.add($1, $2.site) }
        }
        each(syntax.extensions, [], PathStep.fileExtension) { $0.add($1, $2.site) }
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
        each(message.fields, path, PathStep.messageField) { $0.add($1, $2.site) }
        each(message.oneofs, path, PathStep.messageOneof) { info, path, oneof in
            if !oneof.isSynthetic { info.add(path, oneof.site) }
        }
        each(message.messages, path, PathStep.messageNested) { $0.add($1, $2) }
        each(message.enums, path, PathStep.messageEnum) { $0.add($1, $2) }
        each(message.extensions, path, PathStep.messageExtension) { $0.add($1, $2.site) }
    }

    private mutating func add(_ path: [Int32], _ enumeration: EnumSyntax) {
        add(path, enumeration.site)
        each(enumeration.values, path, PathStep.enumValue) { $0.add($1, $2.site) }
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
