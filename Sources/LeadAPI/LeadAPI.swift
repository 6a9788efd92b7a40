// LeadAPI
