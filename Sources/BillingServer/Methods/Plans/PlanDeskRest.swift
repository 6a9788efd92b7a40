internal import BillingAPI
internal import RPC

/// What is still to be written.
extension PlanDesk {
    func recordMeeting(_ request: RecordMeetingRequest, _ call: Call) async throws -> BillingAPI.Meeting {
        throw RPCError(.unimplemented, "It is not there yet.")
    }

    func confirmAttendance(_ request: ConfirmAttendanceRequest, _ call: Call) async throws -> BillingAPI.Meeting {
        throw RPCError(.unimplemented, "It is not there yet.")
    }

    func markNoShow(_ request: MarkNoShowRequest, _ call: Call) async throws -> BillingAPI.Meeting {
        throw RPCError(.unimplemented, "It is not there yet.")
    }

    func getMeeting(_ request: GetMeetingRequest, _ call: Call) async throws -> BillingAPI.Meeting {
        throw RPCError(.unimplemented, "It is not there yet.")
    }

    func listMeetings(_ request: ListMeetingsRequest, _ call: Call) async throws -> BillingAPI.ListMeetingsReply {
        throw RPCError(.unimplemented, "It is not there yet.")
    }

    func accruedFees(_ request: AccruedFeesRequest, _ call: Call) async throws -> BillingAPI.AccruedFeesReply {
        throw RPCError(.unimplemented, "It is not there yet.")
    }

    func runBilling(_ request: RunBillingRequest, _ call: Call) async throws -> BillingAPI.RunBillingReply {
        throw RPCError(.unimplemented, "It is not there yet.")
    }
}
