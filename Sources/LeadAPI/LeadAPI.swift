// switchboard.lead.v1, generated from the .proto files in Proto/.
