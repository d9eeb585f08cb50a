// chaosc-driver-tcp: a driver with probes and actions for TCP ports.
//
// This file is what it does; driver/driver.go is the protocol (docs/driver-protocol.md), for any driver.
package main

import (
	"context"
	"fmt"
	"net"
	"strconv"
	"time"

	"example.com/chaosc-driver-tcp/driver"
)

type acceptsArguments struct {
	Host   string
	Port   int
	Within float64
}

// accepts connects once and says whether somebody listens.
func accepts(ctx context.Context, call *driver.Call) (any, error) {
	arguments := acceptsArguments{Host: "127.0.0.1", Within: 1}
	if err := call.Arguments(&arguments); err != nil {
		return nil, err
	}
	dialer := net.Dialer{Timeout: seconds(arguments.Within)}
	address := net.JoinHostPort(arguments.Host, strconv.Itoa(arguments.Port))
	connection, err := dialer.DialContext(ctx, "tcp", address)
	if err != nil {
		call.Log(driver.Debug, fmt.Sprintf("nobody listens: %v", err))
		return false, nil
	}
	connection.Close()
	return true, nil
}

type occupyArguments struct {
	Port    int
	Seconds float64
}

// occupy listens on a port and accepts nobody, so that the program it belongs to cannot start.
func occupy(ctx context.Context, call *driver.Call) (any, error) {
	arguments := occupyArguments{Seconds: 30}
	if err := call.Arguments(&arguments); err != nil {
		return nil, err
	}
	listener, err := net.Listen("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(arguments.Port)))
	if err != nil {
		return nil, err
	}
	defer listener.Close()
	call.Log(driver.Info, fmt.Sprintf("%v is ours for %g s", listener.Addr(), arguments.Seconds))
	select {
	case <-time.After(seconds(arguments.Seconds)):
		return map[string]any{"address": listener.Addr().String()}, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func seconds(count float64) time.Duration {
	return time.Duration(count * float64(time.Second))
}

func main() {
	port := driver.Argument{Name: "port", Type: "integer", Required: true}
	driver.Serve("tcp", "1.0", []driver.Function{
		{Module: "tcp.ports", Func: "accepts", Kind: "probe", Returns: "boolean", Call: accepts,
			Args: []driver.Argument{port, {Name: "host", Type: "string"}, {Name: "within", Type: "number"}}},
		{Module: "tcp.ports", Func: "occupy", Kind: "action", Returns: "object", Call: occupy,
			Args: []driver.Argument{port, {Name: "seconds", Type: "number"}}},
	})
}
