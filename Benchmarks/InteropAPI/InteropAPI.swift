// The module of grpc.testing; its Swift is generated from Proto/ by the plugin.
