internal import BillingAPI
internal import Platform
internal import Postgres
internal import Protobuf
internal import RPC

extension Customers {
    func findDuplicates(_ request: FindDuplicatesRequest, _ call: Call) async throws -> FindDuplicatesReply {
        let (own, traits) = try await sought(request, call)
        let rows: [CustomerRow] = try await office.database.batch(call) {
            $0.all(.customersLike(traits, except: own, limit: Limits.duplicatesRead))
        }
        let found = rows.map { (row: $0, signs: DuplicateSigns(traits, $0.traits)) }
            .sorted { ($1.signs.score, $0.row.id) < ($0.signs.score, $1.row.id) }
        var reply = FindDuplicatesReply()
        reply.candidates = found.prefix(Limits.duplicatesReturned).map { candidate in
            .with {
                $0.customer = candidate.row.message
                $0.score = candidate.signs.score
                $0.evidence = candidate.signs.signs.map { sign in
                    .with { ($0.sign, $0.weight) = (sign.kind, sign.weight) }
                }
            }
        }
        return reply
    }

    private func sought(_ request: FindDuplicatesRequest, _ call: Call) async throws -> (RecordID?, CustomerTraits) {
        switch request.whose {
        case .customerID(let text)?:
            let id = try RecordID(reading: text, as: "customer_id")
            let row: CustomerRow? = try await office.database.batch(call) { $0.optional(.customer(id)) }
            let found = try Self.found(row, id)
            try found.demandOpen()
            return (id, found.traits)
        case .candidate(let customer)?:
            let phone = customer.phone.isEmpty ? "" : (try? TelephoneNumber(customer.phone))?.description
            guard let phone else { throw BillingError.invalid("candidate.phone", BillingError.phoneMalformed.description) }
            return (
                nil,
                CustomerTraits(
                    nameKey: NameKey.key(of: customer.name), landmarkKey: NameKey.key(of: customer.landmark), phone: phone,
                    gstin: customer.gstin, pan: customer.pan.isEmpty ? (try? GSTIN(customer.gstin))?.pan ?? "" : customer.pan)
            )
        case nil: throw BillingError.invalid("whose", "Name a customer, or describe one.")
        }
    }
}
