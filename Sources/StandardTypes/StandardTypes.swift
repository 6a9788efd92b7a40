// StandardTypes
