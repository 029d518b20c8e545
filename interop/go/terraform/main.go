// Terraform's SDK, hashicorp/go-azure-sdk: the cloud is found by the address of the resource manager alone, as with metadata_host.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"time"

	"github.com/atesto/atesto/interop/go/internal/scenario"
	"github.com/hashicorp/go-azure-sdk/sdk/auth"
	"github.com/hashicorp/go-azure-sdk/sdk/client"
	"github.com/hashicorp/go-azure-sdk/sdk/client/resourcemanager"
	"github.com/hashicorp/go-azure-sdk/sdk/environments"
)

const path = "/subscriptions/44444444-5555-6666-7777-888888888888/resourceGroups/interop/providers/Microsoft.Attestation/attestationProviders/terraform"

func main() {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	given := scenario.Read()
	var environment *environments.Environment
	scenario.Step("cloud", "FromEndpoint reads where to sign in, the audiences and the suffix of attestation", func() (err error) {
		if environment, err = environments.FromEndpoint(ctx, given.Endpoint); err != nil {
			return err
		}
		resource, found := environment.Attestation.ResourceIdentifier()
		if !found {
			return fmt.Errorf("the metadata name no audience of attestation")
		}
		return scenario.Equal(*resource, "https://attest.azure.net")
	})
	if environment == nil {
		os.Exit(1)
	}
	authorizer := func(api environments.Api) (auth.Authorizer, error) {
		return auth.NewAuthorizerFromCredentials(ctx, auth.Credentials{
			Environment:                           *environment,
			TenantID:                              given.Tenant,
			ClientID:                              given.ClientID,
			ClientSecret:                          given.ClientSecret,
			EnableAuthenticatingUsingClientSecret: true,
		}, api)
	}
	management, err := resourcemanager.NewClient(environment.ResourceManager, "attestationproviders", "2020-10-01")
	if err != nil {
		println(err.Error())
		os.Exit(1)
	}
	scenario.Step("sign-in", "ClientSecretAuthorizer composes the token endpoint", func() (err error) {
		if management.Client.Authorizer, err = authorizer(environment.ResourceManager); err != nil {
			return err
		}
		_, err = management.Client.Authorizer.Token(ctx, &http.Request{})
		return err
	})
	call := func(method string, body any, statuses ...int) (map[string]any, error) {
		request, err := management.NewRequest(ctx, client.RequestOptions{
			ContentType:         "application/json; charset=utf-8",
			ExpectedStatusCodes: statuses,
			HttpMethod:          method,
			Path:                path,
		})
		if err != nil {
			return nil, err
		}
		if body != nil {
			if err := request.Marshal(body); err != nil {
				return nil, err
			}
		}
		response, err := request.Execute(ctx)
		if err != nil {
			return nil, err
		}
		var found map[string]any
		if method != http.MethodDelete {
			err = response.Unmarshal(&found)
		}
		return found, err
	}
	scenario.Step("providers", "azurerm_attestation_provider is created, read and deleted", func() error {
		creation := map[string]any{"location": "local", "properties": map[string]any{}}
		if _, err := call(http.MethodPut, creation, http.StatusOK, http.StatusCreated); err != nil {
			return err
		}
		found, err := call(http.MethodGet, nil, http.StatusOK)
		if err != nil {
			return err
		}
		properties, _ := found["properties"].(map[string]any)
		if err := scenario.Equal(properties["attestUri"], any(given.Endpoint+"/providers/terraform")); err != nil {
			return err
		}
		_, err = call(http.MethodDelete, nil, http.StatusOK, http.StatusNoContent)
		return err
	})
	scenario.Step("policies", "a policy is read with a token for the attestation API", func() error {
		api, err := authorizer(environment.Attestation)
		if err != nil {
			return err
		}
		request, err := http.NewRequestWithContext(ctx, http.MethodGet,
			given.Endpoint+"/policies/SgxEnclave?api-version=2022-08-01", nil)
		if err != nil {
			return err
		}
		if err := auth.SetAuthHeader(ctx, request, api); err != nil {
			return err
		}
		response, err := http.DefaultClient.Do(request)
		if err != nil {
			return err
		}
		defer response.Body.Close()
		var policy struct {
			Token string `json:"token"`
		}
		if err := json.NewDecoder(response.Body).Decode(&policy); err != nil {
			return err
		}
		if policy.Token == "" {
			return fmt.Errorf("no policy; status %d", response.StatusCode)
		}
		return nil
	})
}
