// Does short jobs in Go, with x/oauth2 for the token: "cold", "small TIMES", "jobs TIMES" (a list, a push, a list). Prints its measurements as one line of JSON.
package main

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"net/http"
	"os"
	"strconv"
	"syscall"
	"time"

	"golang.org/x/oauth2"
	"golang.org/x/oauth2/clientcredentials"
)

type account struct {
	DisplayName      string   `json:"displayName"`
	UniqueID         string   `json:"uniqueId"`
	ExternalURL      string   `json:"externalUrl"`
	FullName         string   `json:"fullName"`
	AccountName      string   `json:"accountName"`
	Email            string   `json:"email"`
	PermissionLevel  string   `json:"permissionLevel"`
	CreatedTimestamp string   `json:"createdTimestamp"`
	Status           string   `json:"status"`
	MfaEnabled       bool     `json:"mfaEnabled"`
	MfaMethods       []string `json:"mfaMethods"`
	AuthMethod       string   `json:"authMethod"`
}

type body struct {
	ResourceID string    `json:"resourceId"`
	Resources  []account `json:"resources"`
}

func makeAccount(n int) account {
	return account{
		DisplayName: fmt.Sprintf("Person %d", n), UniqueID: fmt.Sprintf("account-%06d", n),
		ExternalURL: fmt.Sprintf("https://inventory.example.org/accounts/%d", n),
		FullName:    fmt.Sprintf("Person %d", n), AccountName: fmt.Sprintf("person%d", n),
		Email: fmt.Sprintf("person%d@example.org", n), PermissionLevel: "BASE",
		CreatedTimestamp: "2026-01-01T00:00:00Z", Status: "ACTIVE",
		MfaEnabled: true, MfaMethods: []string{"OTP"}, AuthMethod: "SSO",
	}
}

func must(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

func client() *http.Client {
	pem, err := os.ReadFile(os.Getenv("BENCH_CA"))
	must(err)
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(pem)
	transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots}}
	plain := context.WithValue(context.Background(), oauth2.HTTPClient, &http.Client{Transport: transport})
	application := clientcredentials.Config{
		ClientID: os.Getenv("BENCH_ID"), ClientSecret: os.Getenv("BENCH_SECRET"),
		TokenURL:  os.Getenv("BENCH_ORIGIN") + "/oauth/token",
		Scopes:    []string{"connectors.self:write-resource", "connectors.self:read-resource"},
		AuthStyle: oauth2.AuthStyleInParams,
	}
	return application.Client(plain)
}

func push(client *http.Client, rows int) {
	all := body{ResourceID: "inventory"}
	for n := 0; n < rows; n++ {
		all.Resources = append(all.Resources, makeAccount(n))
	}
	text, err := json.Marshal(all)
	must(err)
	url := os.Getenv("BENCH_ORIGIN") + "/v1/resources/user_account"
	request, err := http.NewRequest("PUT", url, bytes.NewReader(text))
	must(err)
	request.Header.Set("Content-Type", "application/json")
	response, err := client.Do(request)
	must(err)
	content, err := io.ReadAll(response.Body)
	must(err)
	must(response.Body.Close())
	var clear struct{ Success bool }
	must(json.Unmarshal(content, &clear))
	if response.StatusCode != 200 || !clear.Success {
		log.Fatalf("status %d: %s", response.StatusCode, content)
	}
}

func list(client *http.Client) {
	response, err := client.Get(os.Getenv("BENCH_ORIGIN") + "/v1/resources/user_account?resourceId=inventory")
	must(err)
	var listed struct{ Resources []account }
	must(json.NewDecoder(response.Body).Decode(&listed))
	_, err = io.Copy(io.Discard, response.Body)
	must(err)
	must(response.Body.Close())
	if response.StatusCode != 200 {
		log.Fatalf("status %d", response.StatusCode)
	}
}

// Returns the processor time of all threads, in nanoseconds.
func cpu() int64 {
	var used syscall.Rusage
	must(syscall.Getrusage(syscall.RUSAGE_SELF, &used))
	return used.Utime.Nano() + used.Stime.Nano()
}

func main() {
	began, from, units := time.Now(), cpu(), 1
	made := client()
	switch {
	case len(os.Args) == 2 && os.Args[1] == "cold":
		push(made, 10)
	case len(os.Args) == 3 && os.Args[1] == "jobs":
		times, err := strconv.Atoi(os.Args[2])
		must(err)
		units = times
		for i := 0; i < times; i++ {
			list(made)
			push(made, 10)
			list(made)
		}
	case len(os.Args) == 3 && os.Args[1] == "small":
		times, err := strconv.Atoi(os.Args[2])
		must(err)
		units = times
		push(made, 1)
		began, from = time.Now(), cpu()
		for i := 0; i < times; i++ {
			push(made, 1)
		}
	default:
		log.Fatal("say which job: cold | small TIMES | jobs TIMES")
	}
	fmt.Printf("{\"cpu_ns\":%d,\"wall_ns\":%d,\"units\":%d,\"rss_kb\":0}\n", cpu()-from, time.Since(began).Nanoseconds(), units)
}
