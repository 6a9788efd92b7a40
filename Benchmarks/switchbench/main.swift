print("switchbench")
