// Package driver speaks chaosc's driver protocol (docs/driver-protocol.md): Serve answers describe, calls functions
// in a goroutine each, and cancels their contexts.
package driver

import (
	"bufio"
	"bytes"
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"os"
	"sync"
)

// Protocol is the number of the protocol that this package knows.
const Protocol = 1

const largestFrame = 1 << 30

// Levels of Call.Log, as Python's logging counts them.
const (
	Debug   = 10
	Info    = 20
	Warning = 30
	Error   = 40
)

// Argument describes one argument of a function.
type Argument struct {
	Name     string `json:"name"`
	Type     string `json:"type,omitempty"`
	Required bool   `json:"required"`
}

// Function is one that the driver serves. Call returns a value that encoding/json can write, or an error; it should
// return when its context ends.
type Function struct {
	Module  string     `json:"module"`
	Func    string     `json:"func"`
	Kind    string     `json:"kind"`
	Args    []Argument `json:"args"`
	Returns string     `json:"returns,omitempty"`

	Call func(ctx context.Context, call *Call) (any, error) `json:"-"`
}

// Call is one call under way.
type Call struct {
	Name          string
	Configuration map[string]any
	Secrets       map[string]any

	arguments json.RawMessage
	module    string
	channel   *channel
}

// Arguments decodes the call's arguments; those that are not given leave what stands there.
func (c *Call) Arguments(into any) error {
	decoder := json.NewDecoder(bytes.NewReader(c.arguments))
	decoder.DisallowUnknownFields()
	return decoder.Decode(into)
}

// Log writes a line to the run's log.
func (c *Call) Log(level int, message string) {
	c.channel.send(map[string]any{"log": []any{level, c.module, message}})
}

// channel is the socket; frames may be sent from anywhere.
type channel struct {
	file  *os.File
	in    *bufio.Reader
	mutex sync.Mutex
}

func (c *channel) receive(into any) error {
	var length uint32
	if err := binary.Read(c.in, binary.BigEndian, &length); err != nil {
		return err
	}
	if length > largestFrame {
		return fmt.Errorf("a frame of %d bytes", length)
	}
	body := make([]byte, length)
	if _, err := io.ReadFull(c.in, body); err != nil {
		return err
	}
	return json.Unmarshal(body, into)
}

func (c *channel) send(message map[string]any) {
	body, err := json.Marshal(message)
	if err != nil { // of a function's value
		body, _ = json.Marshal(map[string]any{"id": message["id"], "failed": err.Error()})
	}
	frame := append(binary.BigEndian.AppendUint32(nil, uint32(len(body))), body...)
	c.mutex.Lock()
	defer c.mutex.Unlock()
	if _, err := c.file.Write(frame); err != nil {
		log.Fatal(err)
	}
}

type request struct {
	ID            int64           `json:"id"`
	Op            string          `json:"op"`
	Name          string          `json:"name"`
	Module        string          `json:"module"`
	Func          string          `json:"func"`
	Arguments     json.RawMessage `json:"arguments"`
	Configuration map[string]any  `json:"configuration"`
	Secrets       map[string]any  `json:"secrets"`
}

// server holds what is under way.
type server struct {
	channel   *channel
	functions []Function
	mutex     sync.Mutex
	cancels   map[int64]context.CancelFunc
}

func (s *server) find(r *request) (*Function, error) {
	for i := range s.functions {
		if s.functions[i].Module == r.Module && s.functions[i].Func == r.Func {
			return &s.functions[i], nil
		}
	}
	return nil, fmt.Errorf("there is no function %s in %s", r.Func, r.Module)
}

func (s *server) call(ctx context.Context, r *request) {
	call := &Call{r.Name, r.Configuration, r.Secrets, r.Arguments, r.Module, s.channel}
	function, err := s.find(r)
	var value any
	if err == nil {
		value, err = function.Call(ctx, call)
	}
	s.mutex.Lock()
	delete(s.cancels, r.ID)
	s.mutex.Unlock()
	switch {
	case err == nil:
		s.channel.send(map[string]any{"id": r.ID, "value": value})
	case ctx.Err() != nil:
		s.channel.send(map[string]any{"id": r.ID, "cancelled": true})
	default:
		s.channel.send(map[string]any{"id": r.ID, "failed": err.Error()})
	}
}

func (s *server) take(r *request, description map[string]any) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	switch r.Op {
	case "describe":
		s.channel.send(map[string]any{"id": r.ID, "value": description})
	case "call":
		ctx, cancel := context.WithCancel(context.Background())
		s.cancels[r.ID] = cancel
		go func() {
			defer cancel()
			s.call(ctx, r)
		}()
	case "cancel":
		if cancel := s.cancels[r.ID]; cancel != nil {
			cancel()
		}
	default:
		s.channel.send(map[string]any{"id": r.ID, "failed": "no such request: " + r.Op})
	}
}

// Serve answers requests until the run closes the socket.
func Serve(name, version string, functions []Function) {
	file := os.NewFile(3, "channel")
	s := &server{
		channel:   &channel{file: file, in: bufio.NewReader(file)},
		functions: functions,
		cancels:   map[int64]context.CancelFunc{},
	}
	var greeting struct{ Protocol int }
	if err := s.channel.receive(&greeting); err != nil {
		log.Fatal("this is a driver of chaosc, which starts it: ", err)
	}
	if greeting.Protocol != Protocol {
		log.Fatalf("this driver speaks protocol %d, not %d", Protocol, greeting.Protocol)
	}
	description := map[string]any{"python_package": name, "version": version, "functions": functions}
	for {
		r := &request{}
		if err := s.channel.receive(r); errors.Is(err, io.EOF) {
			return
		} else if err != nil {
			log.Fatal(err)
		}
		s.take(r, description)
	}
}
