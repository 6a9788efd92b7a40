import Foundation
import PackagePlugin

/// Makes Swift from the .proto files in a target's folder or link called `Proto`, by one run of switchgen. A file `switchgen.json` beside
/// it has options for that run: `{ "policy": "required" }`.
@main struct SwitchgenPlugin: BuildToolPlugin {
    func createBuildCommands(context: PluginContext, target: any Target) throws -> [Command] {
        guard let own = ProtoFolder(target) else { return [] }
        let others = target.recursiveTargetDependencies.compactMap(ProtoFolder.init)
        let modules = others.flatMap { ["--module", "\($0.module)=\($0.url.path)"] }
        let work = context.pluginWorkDirectoryURL
        let settings = target.directoryURL.appending(path: "switchgen.json")
        let hasSettings = FileManager.default.fileExists(atPath: settings.path)
        guard let options = hasSettings ? try? JSONDecoder().decode([String: String].self, from: Data(contentsOf: settings)) : [:] else {
            Diagnostics.error("\(settings.path) has to be an object of options and their values, such as { \"policy\": \"required\" }")
            return []
        }
        let choices = options.sorted { $0.key < $1.key }.flatMap { ["--\($0.key)", $0.value] }
        let arguments = ["generate"] + choices + ["--out", work.path, "--target", own.module] + modules + [own.url.path]
        let files = ([own] + others).flatMap { folder in folder.files.map { folder.url.appending(path: $0) } }
        let inputs = files + (hasSettings ? [settings] : [])
        let outputs = own.outputNames.map { work.appending(path: $0) }
        let tool = try context.tool(named: "switchgen").url
        return [
            .buildCommand(
                displayName: "Generating \(own.module)", executable: tool, arguments: arguments, inputFiles: inputs, outputFiles: outputs)
        ]
    }
}

struct ProtoFolder {
    let (module, url, files): (String, URL, [String])

    init?(_ target: any Target) {
        guard let source = target as? any SourceModuleTarget else { return nil }
        (module, url) = (source.moduleName, target.directoryURL.appending(path: "Proto"))
        let found = FileManager.default.enumerator(atPath: url.resolvingSymlinksInPath().path)?.allObjects as? [String] ?? []
        files = found.filter { $0.hasSuffix(".proto") }.sorted()
        if files.isEmpty { return nil }
    }

    /// switchgen's rule: the import name, which begins behind the nearest folder called Proto around the files, with `_` for `/`.
    var outputNames: [String] {
        let path = url.resolvingSymlinksInPath().pathComponents
        let inner = path[(path.lastIndex(of: "Proto") ?? path.count - 1)...].dropFirst()
        let names = files.map { (inner + [$0.dropLast(6) + ".swift"]).joined(separator: "_").replacingOccurrences(of: "/", with: "_") }
        return names.filter { $0 != "google_protobuf_descriptor.swift" }
    }
}
