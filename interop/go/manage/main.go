// Azure's pipeline for Go, azcore/arm with azidentity, on which armattestation is generated: only the cloud is set.
package main

import (
	"context"
	"errors"
	"net/http"
	"os"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/arm"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/cloud"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/runtime"
	"github.com/Azure/azure-sdk-for-go/sdk/azidentity"
	"github.com/atesto/atesto/interop/go/internal/scenario"
)

type provider struct {
	Name       string            `json:"name,omitempty"`
	Location   string            `json:"location,omitempty"`
	Tags       map[string]string `json:"tags,omitempty"`
	Properties map[string]any    `json:"properties"`
}

const (
	base = "/subscriptions/33333333-4444-5555-6666-777777777777/resourceGroups/interop/providers/Microsoft.Attestation"
	path = base + "/attestationProviders/gomgmtaad"
)

func main() {
	ctx := context.Background()
	given := scenario.Read()
	options := policy.ClientOptions{Cloud: cloud.Configuration{
		ActiveDirectoryAuthorityHost: given.AuthorityHost,
		Services: map[cloud.ServiceName]cloud.ServiceConfiguration{
			cloud.ResourceManager: {Endpoint: given.Endpoint, Audience: "https://management.azure.com"},
		},
	}}
	credential, err := azidentity.NewClientSecretCredential(given.Tenant, given.ClientID, given.ClientSecret,
		&azidentity.ClientSecretCredentialOptions{ClientOptions: options, DisableInstanceDiscovery: true})
	if err != nil {
		println(err.Error())
		os.Exit(1)
	}
	scenario.Step("sign-in", "ClientSecretCredential gets tokens of both audiences", func() error {
		for _, scope := range []string{"https://attest.azure.net/.default", "https://management.azure.com//.default"} {
			if _, err := credential.GetToken(ctx, policy.TokenRequestOptions{Scopes: []string{scope}}); err != nil {
				return err
			}
		}
		return nil
	})
	client, err := arm.NewClient("armattestation.ProvidersClient", "v1.2.0", credential, &arm.ClientOptions{ClientOptions: options})
	if err != nil {
		println(err.Error())
		os.Exit(1)
	}
	call := func(method, path, version string, body, into any) error {
		request, err := runtime.NewRequest(ctx, method, runtime.JoinPaths(client.Endpoint(), path))
		if err != nil {
			return err
		}
		query := request.Raw().URL.Query()
		query.Set("api-version", version)
		request.Raw().URL.RawQuery = query.Encode()
		request.Raw().Header["Accept"] = []string{"application/json"}
		if body != nil {
			if err := runtime.MarshalAsJSON(request, body); err != nil {
				return err
			}
		}
		response, err := client.Pipeline().Do(request)
		if err != nil {
			return err
		}
		if !runtime.HasStatusCode(response, http.StatusOK, http.StatusCreated, http.StatusNoContent) {
			return runtime.NewResponseError(response)
		}
		if into == nil {
			return nil
		}
		return runtime.UnmarshalAsJSON(response, into)
	}
	scenario.Step("providers", "ProvidersClient.Create makes a provider", func() error {
		var made provider
		creation := provider{Location: "local", Tags: map[string]string{"purpose": "interop"}, Properties: map[string]any{}}
		if err := call(http.MethodPut, path, "2021-06-01", creation, &made); err != nil {
			return err
		}
		return scenario.Equal(made.Properties["attestUri"], any(given.Endpoint+"/providers/gomgmtaad"))
	})
	scenario.Step("providers", "ProvidersClient.Get and ListByResourceGroup find it", func() error {
		var found provider
		if err := call(http.MethodGet, path, "2020-10-01", nil, &found); err != nil {
			return err
		}
		var list struct {
			Value []provider `json:"value"`
		}
		if err := call(http.MethodGet, base+"/attestationProviders", "2021-06-01", nil, &list); err != nil {
			return err
		}
		return errors.Join(scenario.Equal(found.Name, "gomgmtaad"), scenario.Equal(len(list.Value), 1))
	})
	scenario.Step("providers", "ProvidersClient.Get of what is not there is refused with ResourceNotFound", func() error {
		err := call(http.MethodGet, base+"/attestationProviders/nobody", "2021-06-01", nil, nil)
		var refused *azcore.ResponseError
		if !errors.As(err, &refused) {
			return scenario.Refused(err)
		}
		return scenario.Equal(refused.ErrorCode, "ResourceNotFound")
	})
	scenario.Step("providers", "ProvidersClient.Delete removes it, and what is gone counts as deleted", func() error {
		return errors.Join(
			call(http.MethodDelete, path, "2021-06-01", nil, nil),
			call(http.MethodDelete, path, "2021-06-01", nil, nil),
		)
	})
}
