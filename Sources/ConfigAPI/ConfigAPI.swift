// ConfigAPI
