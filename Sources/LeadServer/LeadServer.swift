// LeadServer
