// LeadTests
