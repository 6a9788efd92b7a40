import LeadAPI
import Platform
import Postgres
import RPC
import StandardTypes
import Testing

@testable import LeadServer

@Suite("ListLeads and BatchGetLeads")
struct ListLeadsTests {
    /// The ids of all pages, and how many pages there were.
    private func ids(
        _ tenant: Tenant, pageSize: Int32, _ change: (inout ListLeadsRequest) -> Void = { _ in }
    ) async throws -> (all: [String], pages: Int) {
        var all: [String] = []
        var token = ""
        var pages = 0
        repeat {
            let reply = try await tenant.list { request in
                change(&request)
                request.pageSize = pageSize
                request.pageToken = token
            }
            #expect(reply.leads.count <= Int(pageSize))
            all += reply.leads.map(\.id)
            token = reply.nextPageToken
            pages += 1
        } while !token.isEmpty && pages < 100
        return (all, pages)
    }

    @Test("R13: pages give every lead once, in each order", arguments: [Int32(1), 3, 7, 8, 100])
    func pages(pageSize: Int32) async throws {
        let tenant = try await LeadWorld.shared().tenant()
        var leads: [Lead] = []
        for number in 0..<8 { leads.append(try await tenant.create(.numbered(number) { $0.score = Int32(number % 3) * 50 })) }
        let oldest = leads.map(\.id)
        let highest = leads.sorted { ($0.score, $0.id) > ($1.score, $1.id) }.map(\.id)
        let pages = (8 + Int(pageSize) - 1) / Int(pageSize)
        #expect(try await ids(tenant, pageSize: pageSize) == (oldest.reversed(), pages))
        #expect(try await ids(tenant, pageSize: pageSize) { $0.orderBy = .newestFirst } == (oldest.reversed(), pages))
        #expect(try await ids(tenant, pageSize: pageSize) { $0.orderBy = .oldestFirst } == (oldest, pages))
        #expect(try await ids(tenant, pageSize: pageSize) { $0.orderBy = .highestScoreFirst } == (highest, pages))
    }

    @Test("R13: leads that come and go between two pages neither hide nor repeat the others")
    func changesBetweenPages() async throws {
        let tenant = try await LeadWorld.shared().tenant()
        var leads: [Lead] = []
        for number in 0..<6 { leads.append(try await tenant.create(.numbered(number))) }
        let first = try await tenant.list { $0.pageSize = 3 }
        #expect(first.leads.map(\.id) == [leads[5].id, leads[4].id, leads[3].id])
        try await tenant.delete(leads[3].id, etag: "*")
        try await tenant.delete(leads[1].id, etag: "*")
        _ = try await tenant.create(.numbered(6))
        let second = try await tenant.list {
            $0.pageSize = 3
            $0.pageToken = first.nextPageToken
        }
        #expect(second.leads.map(\.id) == [leads[2].id, leads[0].id])
        #expect(second.nextPageToken == "")
    }

    @Test("Each condition of a filter holds, and all of them together")
    func filters() async throws {
        let tenant = try await LeadWorld.shared().tenant()
        let first = try await tenant.create(.numbered(1) { $0.tags = ["a", "b"] })
        let second = try await tenant.create(
            .numbered(2) {
                $0.tags = ["b"]
                $0.status = .qualified
                $0.score = 80
                $0.source = "fair"
            })
        let third = try await tenant.create(
            .numbered(3) {
                $0.status = .converted
                $0.score = 40
                $0.source = "fair"
            })
        func found(_ change: (inout LeadFilter) -> Void) async throws -> Set<String> {
            var filter = LeadFilter()
            change(&filter)
            let listed = Set(try await ids(tenant, pageSize: 1) { $0.filter = filter }.all)
            #expect(
                Set(
                    try await ids(tenant, pageSize: 1) {
                        $0.filter = filter; $0.orderBy = .oldestFirst
                    }.all) == listed)
            #expect(
                Set(
                    try await ids(tenant, pageSize: 1) {
                        $0.filter = filter; $0.orderBy = .highestScoreFirst
                    }.all) == listed)
            #expect(Set(try await tenant.export(filter).map(\.id)) == listed)
            return listed
        }
        #expect(try await found { $0.statuses = [.qualified] } == [second.id])
        #expect(try await found { $0.statuses = [.qualified, .converted] } == [second.id, third.id])
        #expect(try await found { $0.email = "LEAD-1@example.COM" } == [first.id])
        #expect(try await found { $0.tags = ["b"] } == [first.id, second.id])
        #expect(try await found { $0.tags = ["b", "a"] } == [first.id])
        #expect(try await found { $0.source = "fair" } == [second.id, third.id])
        #expect(try await found { $0.minScore = 40 } == [second.id, third.id])
        #expect(try await found { $0.maxScore = 40 } == [first.id, third.id])
        #expect(
            try await found {
                $0.minScore = 0; $0.maxScore = 0
            } == [first.id])
        #expect(try await found { $0.createdFrom = second.createdAt } == [second.id, third.id])
        #expect(try await found { $0.createdBefore = second.createdAt } == [first.id])
        #expect(
            try await found {
                $0.createdFrom = second.createdAt; $0.createdBefore = third.createdAt
            } == [second.id])
        #expect(
            try await found {
                $0.source = "fair"; $0.tags = ["b"]; $0.minScore = 80
            } == [second.id])
        #expect(
            try await found {
                $0.source = "fair"; $0.tags = ["a"]
            } == [])
    }

    @Test("A lead is found by the tags it has now")
    func tagsFollow() async throws {
        let tenant = try await LeadWorld.shared().tenant()
        var lead = try await tenant.create(.numbered(1) { $0.tags = ["old", "kept"] })
        lead.tags = ["kept", "new"]
        lead = try await tenant.update(lead, ["tags"])
        for (tag, count) in [("old", 0), ("kept", 1), ("new", 1)] {
            #expect(
                try await tenant.list {
                    $0.filter = LeadFilter(); $0.filter?.tags = [tag]
                }.leads.count == count, "\(tag)")
        }
        lead.tags = []
        lead = try await tenant.update(lead, ["tags"])
        #expect(
            try await tenant.list {
                $0.filter = LeadFilter(); $0.filter?.tags = ["new"]
            }.leads == [])
    }

    @Test("R13: a page token that was altered, or belongs to another list or tenant, is refused")
    func tokens() async throws {
        let world = try await LeadWorld.shared()
        let (tenant, other) = (world.tenant(), world.tenant())
        for number in 0..<3 { _ = try await tenant.create(.numbered(number)) }
        let token = try await tenant.list { $0.pageSize = 1 }.nextPageToken
        #expect(
            try await tenant.list {
                $0.pageSize = 2; $0.pageToken = token
            }.leads.count == 2)
        let refusals = [
            await refusal { try await tenant.list { $0.pageToken = "x" + token } },
            await refusal { try await tenant.list { $0.pageToken = String(token.dropLast()) } },
            await refusal {
                try await tenant.list {
                    $0.pageToken = token; $0.orderBy = .oldestFirst
                }
            },
            await refusal {
                try await tenant.list {
                    $0.pageToken = token; $0.filter = LeadFilter(); $0.filter?.minScore = 0
                }
            },
            await refusal { try await other.list { $0.pageToken = token } },
        ]
        for error in refusals {
            #expect(error?.code == .invalidArgument)
            #expect(error?.reason == "PAGE_TOKEN_INVALID")
            #expect(error?.violatedFields == ["page_token"])
        }
    }

    @Test("R6: a list names all its violations")
    func violations() async throws {
        let tenant = try await LeadWorld.shared().tenant()
        for size in [Int32(-1), 101, .max, .min] {
            #expect(await refusal { try await tenant.list { $0.pageSize = size } }?.violatedFields == ["page_size"])
        }
        let error = await refusal {
            try await tenant.list {
                $0.pageSize = 101
                $0.orderBy = LeadOrder(rawValue: 9)
                $0.filter = LeadFilter()
                $0.filter?.minScore = 101
            }
        }
        #expect(error?.violatedFields == ["filter.min_score", "order_by", "page_size"])
    }

    @Test("Leads are got in the order of their ids; those that are not there are named, another tenant's among them")
    func batch() async throws {
        let world = try await LeadWorld.shared()
        let (tenant, other) = (world.tenant(), world.tenant())
        let first = try await tenant.create(.numbered(1))
        let second = try await tenant.create(.numbered(2))
        let foreign = try await other.create(.numbered(3))
        let absent = "018f4e6a-7c1b-7d2e-9a3f-0123456789ab"
        let reply = try await tenant.batchGet([second.id, absent, first.id.uppercased(), foreign.id, second.id])
        #expect(reply.leads == [second, first, second])
        #expect(reply.missingIDs == [absent, foreign.id])
    }

    @Test("R6: a batch has 1 to 100 ids")
    func batchViolations() async throws {
        let tenant = try await LeadWorld.shared().tenant()
        let absent = "018f4e6a-7c1b-7d2e-9a3f-0123456789ab"
        #expect(try await tenant.batchGet(Array(repeating: absent, count: 100)).missingIDs.count == 100)
        #expect(await refusal { try await tenant.batchGet([]) }?.violatedFields == ["ids"])
        #expect(await refusal { try await tenant.batchGet(Array(repeating: absent, count: 101)) }?.violatedFields == ["ids"])
        #expect(await refusal { try await tenant.batchGet([absent, "x", absent, ""]) }?.violatedFields == ["ids[1]", "ids[3]"])
    }
}
