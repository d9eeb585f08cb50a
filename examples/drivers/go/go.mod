module example.com/chaosc-driver-tcp

go 1.21
