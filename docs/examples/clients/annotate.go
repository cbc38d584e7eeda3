// Annotates the text on the command line. Debian: golang-go gcc pkg-config libzmq3-dev golang-github-vmihailenco-msgpack.v5-dev
//
//	GO111MODULE=off GOPATH=/usr/share/gocode go build annotate.go
//	./annotate 'Acme Corp. paid $3 million. Great news!'
//
// Debian has no ZeroMQ binding for Go, so this calls libzmq itself; with github.com/pebbe/zmq4 it goes the same way.
package main

/*
#cgo pkg-config: libzmq
#include <stdlib.h>
#include <zmq.h>
*/
import "C"

import (
	"fmt"
	"os"
	"syscall"
	"time"
	"unsafe"

	"github.com/vmihailenco/msgpack/v5"
)

type request struct {
	ID         int64  `msgpack:"id"`
	Op         string `msgpack:"op,omitempty"`
	Text       string `msgpack:"text,omitempty"`
	DeadlineMs int    `msgpack:"deadline_ms,omitempty"`
}

type reply struct { // keys that aren't named here are passed over
	ID    interface{} `msgpack:"id"`
	OK    bool        `msgpack:"ok"`
	Error struct {
		Code    string `msgpack:"code"`
		Message string `msgpack:"message"`
	} `msgpack:"error"`
	Results struct {
		Entities struct {
			Entities []struct {
				Start int    `msgpack:"start"`
				End   int    `msgpack:"end"`
				Type  string `msgpack:"type"`
			} `msgpack:"entities"`
		} `msgpack:"entities"`
		Sentiment struct {
			Label string  `msgpack:"label"`
			Score float64 `msgpack:"score"`
		} `msgpack:"sentiment"`
	} `msgpack:"results"`
}

func fail(code int, words ...interface{}) {
	fmt.Fprintln(os.Stderr, words...)
	os.Exit(code)
}

func set(socket unsafe.Pointer, option, value C.int) {
	C.zmq_setsockopt(socket, option, unsafe.Pointer(&value), C.size_t(unsafe.Sizeof(value)))
}

func receive(socket unsafe.Pointer) []byte {
	var message C.zmq_msg_t
	C.zmq_msg_init(&message)
	defer C.zmq_msg_close(&message)
	if C.zmq_msg_recv(&message, socket, 0) < 0 {
		return nil
	}
	return C.GoBytes(C.zmq_msg_data(&message), C.int(C.zmq_msg_size(&message)))
}

// The reply to this request, or nil when none comes in time.
func ask(socket unsafe.Pointer, r request, wait time.Duration) *reply {
	bytes, err := msgpack.Marshal(&r)
	if err != nil {
		fail(70, err)
	}
	for { // again when a signal came: Go's scheduler sends some
		n, err := C.zmq_send(socket, unsafe.Pointer(&bytes[0]), C.size_t(len(bytes)), 0)
		if n >= 0 || err != syscall.EINTR {
			break
		}
	}
	for ends := time.Now().Add(wait); time.Now().Before(ends); {
		set(socket, C.ZMQ_RCVTIMEO, C.int(time.Until(ends).Milliseconds()+1))
		bytes := receive(socket)
		if bytes == nil {
			continue // the time is over, or a signal came
		}
		found := new(reply)
		if err := msgpack.Unmarshal(bytes, found); err != nil {
			fail(76, "no reply of textd:", err)
		}
		if fmt.Sprint(found.ID) == fmt.Sprint(r.ID) {
			return found
		}
	}
	return nil
}

// textd answers each document before its deadline; what hasn't come then was lost with its connection, and is sent once more,
// on a fresh one.
func annotate(endpoint, text string) *reply {
	context, address := C.zmq_ctx_new(), C.CString(endpoint)
	for i := 0; i < 2; i++ {
		socket := C.zmq_socket(context, C.ZMQ_DEALER)
		set(socket, C.ZMQ_LINGER, 0) // or the program's end waits for a daemon that isn't there
		if C.zmq_connect(socket, address) != 0 {
			fail(64, "can't connect to", endpoint)
		}
		if ask(socket, request{ID: 1, Op: "ping"}, 2*time.Second) == nil {
			fail(69, "no textd at "+endpoint+": is it running?")
		}
		if found := ask(socket, request{ID: 2, Text: text, DeadlineMs: 3000}, 4*time.Second); found != nil {
			return found
		}
		C.zmq_close(socket)
	}
	fail(75, "textd at", endpoint, "does not answer")
	return nil
}

func main() {
	endpoint := os.Getenv("TEXTD_ENDPOINT")
	if endpoint == "" {
		endpoint = "tcp://127.0.0.1:7411"
	}
	if len(os.Args) != 2 {
		fail(64, "usage: annotate TEXT")
	}
	text := os.Args[1]
	found := annotate(endpoint, text)
	if !found.OK {
		fail(1, found.Error.Code+":", found.Error.Message)
	}
	for _, e := range found.Results.Entities.Entities { // offsets are bytes, as Go's strings are
		fmt.Println(e.Type, text[e.Start:e.End])
	}
	fmt.Printf("sentiment %s %.2f\n", found.Results.Sentiment.Label, found.Results.Sentiment.Score)
}
