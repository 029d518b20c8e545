// Package scenario reads what every client is given, and prints steps as JSON lines.
package scenario

import (
	"encoding/json"
	"fmt"
	"os"
)

// Scenario is what a client is given.
type Scenario struct {
	Endpoint          string `json:"endpoint"`
	AuthorityHost     string `json:"authorityHost"`
	Tenant            string `json:"tenant"`
	ClientID          string `json:"clientId"`
	ClientSecret      string `json:"clientSecret"`
	MrEnclave         string `json:"mrEnclave"`
	CAFile            string `json:"caFile"`
	SignerCertificate string `json:"signerCertificate"`
	Tokens            struct {
		Good      string `json:"good"`
		Tampered  string `json:"tampered"`
		Unsecured string `json:"unsecured"`
	} `json:"tokens"`
}

// Read reads the scenario that the first argument names.
func Read() Scenario {
	var read Scenario
	text, err := os.ReadFile(os.Args[1])
	if err == nil {
		err = json.Unmarshal(text, &read)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	return read
}

// Step runs one step and prints it.
func Step(operation, name string, work func() error) {
	step := map[string]any{"operation": operation, "name": name, "ok": true}
	if err := work(); err != nil {
		step["ok"] = false
		step["why"] = err.Error()
	}
	line, _ := json.Marshal(step)
	fmt.Println(string(line))
}

// Equal compares.
func Equal[T comparable](found, expected T) error {
	if found != expected {
		return fmt.Errorf("expected %v, found %v", expected, found)
	}
	return nil
}

// Refused wants an error.
func Refused(err error) error {
	if err == nil {
		return fmt.Errorf("it was accepted")
	}
	return nil
}
