/// Field numbers of descriptor.proto, of which with indexes between them the paths of SourceCodeInfo are made.
package enum PathStep {
    package static let filePackage: Int32 = 2
    package static let fileDependency: Int32 = 3
    package static let fileMessage: Int32 = 4
    package static let fileEnum: Int32 = 5
    package static let fileService: Int32 = 6
    package static let fileExtension: Int32 = 7
    package static let fileSyntax: Int32 = 12
    package static let messageField: Int32 = 2
    package static let messageNested: Int32 = 3
    package static let messageEnum: Int32 = 4
    package static let messageExtension: Int32 = 6
    package static let messageOneof: Int32 = 8
    package static let enumValue: Int32 = 2
    package static let serviceMethod: Int32 = 2
}
