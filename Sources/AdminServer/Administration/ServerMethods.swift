public import AdminAPI
internal import Crypto
internal import Platform
internal import Protobuf
public import RPC
internal import Resources
internal import StandardTypes

extension Administration {
    public func drain(_ request: DrainRequest, _ call: Call) async throws -> DrainReply {
        let grace = request.grace.map { Swift.Duration.seconds($0.seconds) + .nanoseconds(Int64($0.nanos)) }
        return try controlled().drain(grace: grace, reason: request.reason)
    }

    public func reloadConfig(_ request: ReloadConfigRequest, _ call: Call) async throws -> ReloadConfigReply {
        do {
            return try await controlled().reload()
        } catch let error as UnusableConfiguration {
            throw AdminError.configurationUnusable(error.description)
        }
    }

    public func serverInfo(_ request: ServerInfoRequest, _ call: Call) async throws -> ServerInfoReply {
        try await controlled().information()
    }

    public func listConnections(_ request: ListConnectionsRequest, _ call: Call) async throws -> ListConnectionsReply {
        let pages = PageToken(key: pageKey, tenant: call[Caller.self]?.tenant ?? "", query: Array("connections".utf8))
        var last: ConnectionPlace?
        if !request.pageToken.isEmpty {
            last = pages.openText(request.pageToken).flatMap(ConnectionPlace.init)
            if last == nil { throw AdminError.pageTokenInvalid }
        }
        let size = request.pageSize == 0 ? Limits.pageSizeDefault : Int(request.pageSize)
        // One more than the page holds tells whether there is another page.
        let found = try await controlled().connections(after: last, limit: size + 1)
        let shown = found.prefix(size)
        var reply = ListConnectionsReply()
        reply.connections = shown.map(\.connection)
        if found.count > size, let last = shown.last { reply.nextPageToken = pages.seal(last.place.text) }
        return reply
    }

    private func controlled() throws(RPCError) -> any ServerControl {
        guard let server else { throw RPCError(reason: .unimplemented, "This server cannot be looked after from here.") }
        return server
    }
}
