print("switchgen")
