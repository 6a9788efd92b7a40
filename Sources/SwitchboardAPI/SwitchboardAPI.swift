// SwitchboardAPI
