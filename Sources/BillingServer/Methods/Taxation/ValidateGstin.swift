internal import BillingAPI
internal import RPC

extension Taxation {
    func validateGstin(_ request: ValidateGstinRequest, _ call: Call) async throws -> ValidateGstinReply {
        var reply = ValidateGstinReply()
        do throws(BillingError) {
            let gstin = try GSTIN(request.gstin)
            reply.isValid = true
            reply.stateCode = gstin.state.description
            reply.pan = gstin.pan
        } catch {
            reply.flaw = error.description
        }
        return reply
    }
}
