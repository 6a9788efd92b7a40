internal import BenchAPI
internal import Net
internal import Protobuf
internal import RPC

/// `bench.v1.Work`: counts until the time is over.
struct WorkService: Work {
    func compute(_ request: ComputeRequest, _ call: Call) async throws -> ComputeReply {
        ComputeReply.keepingBusy(request)
    }

    func computeOnLoop(_ request: ComputeRequest, _ call: Call) async throws -> ComputeReply {
        ComputeReply.keepingBusy(request)
    }
}

extension ComputeReply {
    fileprivate static func keepingBusy(_ request: ComputeRequest) -> ComputeReply {
        let began = MonotonicTime.now()
        let end = began + .milliseconds(Int64(min(max(0, request.cpuMs), 10_000)))
        while MonotonicTime.now() < end {}
        return ComputeReply.with { $0.elapsedMs = Double((MonotonicTime.now() - began).wholeNanoseconds) / 1_000_000 }
    }
}
