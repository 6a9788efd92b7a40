// CodegenTests
