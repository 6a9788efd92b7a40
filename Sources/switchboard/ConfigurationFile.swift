internal import ConfigAPI
internal import Console
internal import Platform
internal import Protobuf

/// A configuration in a file, as proto3 JSON.
enum ConfigurationFile {
    static func settings(_ path: String) throws -> Settings {
        let text = try Files.text(path)
        let config: Config
        do throws(JSONError) {
            config = try Config(json: text)
        } catch {
            throw Failure("\(path): \(error)")
        }
        let settings: Settings
        let absolute = path.path(relativeTo: Files.currentFolder)
        do {
            settings = try Settings(config, folder: absolute.parentPath ?? "/")
        } catch {
            throw Failure("\(path) does not say all that a server needs:\n\(error)")
        }
        let found = settings.isProduction ? ProcessEnvironment.secrets : []
        guard found.isEmpty else {
            throw Failure(
                "The environment holds \(found.joined(separator: ", ")), and in production secrets come from files only: "
                    + "unset it, and name the file that holds it in the configuration.")
        }
        return settings
    }

    static let example = """
        {
          "listen": {"address": "127.0.0.1", "port": 7443, "drainGrace": "10s"},
          "certificates": {
            "certificateFile": "pki/server.pem",
            "keyFile": "pki/server.key",
            "clientRootsFile": "pki/ca.pem"
          },
          "identity": {
            "trustDomain": "prod.example.com",
            "issuer": "example",
            "tokenKeys": [{"id": "2026-1", "publicKeyFile": "keys/token.pub"}],
            "services": [{"name": "admin", "scopes": ["*"]}, {"name": "web", "scopes": ["lead:read", "lead:write"]}]
          },
          "storage": {
            "connection": "host=/run/postgresql dbname=switchboard user=switchboard_app",
            "passwordFile": "keys/app.password",
            "ownerConnection": "host=/run/postgresql dbname=switchboard user=switchboard_owner",
            "ownerPasswordFile": "keys/owner.password"
          },
          "limits": {"messageBytes": 4194304, "streamsPerConnection": 100},
          "secretFile": "keys/server.secret",
          "secrets": {"keyRingFile": "keys/ring", "production": true}
        }
        """
}
