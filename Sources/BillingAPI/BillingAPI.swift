// switchboard.billing.v1, generated from the .proto files in Proto/.
