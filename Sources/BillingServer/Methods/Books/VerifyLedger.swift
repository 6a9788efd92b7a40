internal import BillingAPI
internal import Platform
internal import Postgres
internal import Protobuf
internal import RPC

extension Books {
    /// Reads everything in pages, each a short transaction of its own: nobody who posts waits for it, and no page is held while a message waits
    /// for the caller's window.
    func verifyLedger(_ request: VerifyLedgerRequest, _ call: Call, _ replies: Outbound<VerifyLedgerReply>) async throws {
        let known = request.knownSeal.map { (number: $0.number, digest: $0.digest) }
        var verification = Verification(
            chain: SealChain(of: call[Caller.self]?.tenant ?? "", known: known), database: office.database, scope: Scope(call),
            replies: replies)
        try await verification.run()
    }
}

/// One call of VerifyLedger at work.
private struct Verification {
    var chain: SealChain
    let database: Database
    let scope: Scope
    let replies: Outbound<VerifyLedgerReply>
    var progress = LedgerProgress()
    var findings: Int64 = 0
    var unsealed: Int64 = 0

    init(chain: SealChain, database: Database, scope: Scope, replies: Outbound<VerifyLedgerReply>) {
        self.chain = chain
        self.database = database
        self.scope = scope
        self.replies = replies
    }

    mutating func run() async throws {
        let pages = database.pages(scope, of: SealRow.self, size: Limits.sealPage) { last, limit in
            .ledgerSeals(after: last?.seal.number ?? 0, limit: limit)
        }
        for try await page in pages {
            for row in page { try await verify(row.seal) }
        }
        if let flaw = chain.end { try await tell(LedgerFinding(flaw, of: nil)) }
        let sealed = progress.journals
        try await verifyTail()
        for statement in [SQL.wrongAccounts, .wrongDays] {
            let wrong: [WrongSumRow] = try await database.batch(scope) { $0.all(statement) }
            for sum in wrong { try await tell(LedgerFinding(sum)) }
        }
        progress.sums = try await database.batch(scope) { $0.one(.keptSums, as: Int64.self) }
        try await tellProgress()
        try await replies.send(
            .with {
                $0.part = .verdict(
                    .with {
                        $0.isIntact = findings == 0
                        $0.findings = findings
                        $0.seals = chain.count
                        $0.sealedJournals = sealed
                        $0.unsealedJournals = unsealed
                        if let last = chain.last {
                            $0.lastSeal = .with {
                                $0.number = last.number
                                $0.digest = last.digest
                            }
                        }
                    })
            })
    }

    private mutating func verify(_ seal: LedgerSeal) async throws {
        let (flaws, after) = chain.add(seal)
        for flaw in flaws { try await tell(LedgerFinding(flaw, of: seal)) }
        var check = SealCheck(seal)
        try await read(
            after: after, { .journalsUnderSeal(after: $0, upTo: seal.last, limit: Limits.sealJournals, lines: Limits.sealLines) },
            { journal in check.look(at: journal).map { LedgerFinding($0, journal, under: seal) } })
        for journal in check.missing { try await tell(LedgerFinding(missing: journal, under: seal)) }
        progress.seals += 1
        try await tellProgress()
    }

    /// What nobody has sealed yet is right or wrong by itself alone.
    private mutating func verifyTail() async throws {
        let sealed = progress.journals
        try await read(
            after: chain.last?.last ?? .beginning, { .journals(after: $0, limit: Limits.sealJournals, lines: Limits.sealLines) },
            { journal in journal.flaw.map { LedgerFinding(unbalanced: journal, $0) } })
        unsealed = progress.journals - sealed
    }

    private mutating func read(
        after place: JournalPlace, _ statement: (JournalPlace) -> SQL, _ look: (SealedJournal) -> LedgerFinding?
    ) async throws {
        var place = place
        while true {
            let page = statement(place)
            let journals: [SealedJournalRow] = try await database.batch(scope) { $0.all(page) }
            guard let last = journals.last else { return }
            for row in journals {
                progress.journals += 1
                if let finding = look(row.journal) { try await tell(finding) }
            }
            place = last.journal.place
        }
    }

    private mutating func tell(_ finding: LedgerFinding) async throws {
        findings += 1
        try await replies.send(.with { $0.part = .finding(finding) })
    }

    private func tellProgress() async throws { try await replies.send(.with { $0.part = .progress(progress) }) }
}
