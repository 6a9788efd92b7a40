import Foundation
import PackagePlugin

/// Puts the numbered .sql files in a target's folder `Schema` into its build, as string literals that `SchemaFiles` lists.
@main struct MigrationsPlugin: BuildToolPlugin {
    func createBuildCommands(context: PluginContext, target: any Target) throws -> [Command] {
        let folder = target.directoryURL.appending(path: "Schema")
        let files = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
        let migrations = files.filter { $0.pathExtension == "sql" }.sorted { $0.path < $1.path }
        let output = context.pluginWorkDirectoryURL.appending(path: "SchemaFiles.swift")
        return [
            .buildCommand(
                displayName: "Embedding the migrations of \(target.name)", executable: try context.tool(named: "switchgen").url,
                arguments: ["migrations", "--out", output.path] + migrations.map(\.path), inputFiles: migrations, outputFiles: [output])
        ]
    }
}
