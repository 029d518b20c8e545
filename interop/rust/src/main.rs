//! Relying parties: jsonwebtoken, and openidconnect, which reads metadata strictly.

use std::{env, error::Error, fs};

use jsonwebtoken::{decode, decode_header, jwk::JwkSet, Algorithm, DecodingKey, Validation};
use openidconnect::{core::CoreProviderMetadata, http, HttpRequest, HttpResponse, IssuerUrl};
use serde_json::{json, Value};
use ureq::tls::{Certificate, PemItem, RootCerts, TlsConfig};

type Fallible<T> = Result<T, Box<dyn Error>>;

fn step(operation: &str, name: &str, work: impl FnOnce() -> Fallible<()>) {
    let mut step = json!({ "operation": operation, "name": name, "ok": true });
    if let Err(error) = work() {
        step["ok"] = false.into();
        step["why"] = error.to_string().into();
    }
    println!("{step}");
}

fn equal(found: &str, expected: &str) -> Fallible<()> {
    if found == expected {
        return Ok(());
    }
    Err(format!("expected {expected}, found {found}").into())
}

fn refused<T, E>(result: Result<T, E>) -> Fallible<()> {
    result.err().map(|_| ()).ok_or_else(|| "it was accepted".into())
}

/// A client that trusts the CA of a file.
fn agent(ca_file: &str) -> Fallible<ureq::Agent> {
    let pem = fs::read(ca_file)?;
    let roots: Vec<Certificate<'static>> = ureq::tls::parse_pem(&pem)
        .filter_map(|item| match item {
            Ok(PemItem::Certificate(certificate)) => Some(certificate),
            _ => None,
        })
        .collect();
    let tls = TlsConfig::builder().root_certs(RootCerts::from(roots)).build();
    Ok(ureq::Agent::config_builder().tls_config(tls).build().new_agent())
}

fn main() -> Fallible<()> {
    let scenario: Value = serde_json::from_str(&fs::read_to_string(env::args().nth(1).ok_or("no scenario")?)?)?;
    let text = |pointer: &str| scenario.pointer(pointer).and_then(Value::as_str).unwrap_or_default();
    let agent = agent(text("/caFile"))?;
    let endpoint = text("/endpoint");
    match env::args().nth(2).as_deref() {
        Some("openidconnect") => discover(&agent, endpoint),
        _ => verify(&agent, endpoint, text),
    }
    Ok(())
}

fn discover(agent: &ureq::Agent, endpoint: &str) {
    let client = |request: HttpRequest| -> Result<HttpResponse, ureq::Error> {
        let mut response = agent.get(request.uri().to_string()).call()?;
        let (status, media) = (response.status(), response.headers().get("content-type").cloned());
        let mut copy = http::Response::new(response.body_mut().read_to_vec()?);
        *copy.status_mut() = status;
        copy.headers_mut().extend(media.map(|value| (http::header::CONTENT_TYPE, value)));
        Ok(copy)
    };
    step("discovery", "ProviderMetadata::discover takes metadata and keys", || {
        let metadata = CoreProviderMetadata::discover(&IssuerUrl::new(endpoint.into())?, &client)?;
        equal(metadata.jwks_uri().as_str(), &format!("{endpoint}/certs"))?;
        equal(&metadata.jwks().keys().len().to_string(), "1")
    });
    step("discovery", "ProviderMetadata::discover refuses another issuer", || {
        let other = IssuerUrl::new(format!("{endpoint}/providers/default"))?;
        refused(CoreProviderMetadata::discover(&other, &client))
    });
}

fn verify<'a>(agent: &ureq::Agent, endpoint: &str, text: impl Fn(&str) -> &'a str) {
    let mut keys = None;
    step("keys", "JwkSet reads every published key", || {
        let body = agent.get(format!("{endpoint}/certs")).call()?.body_mut().read_to_string()?;
        let read: JwkSet = serde_json::from_str(&body)?;
        equal(&read.keys.len().to_string(), "1")?;
        keys = Some(read);
        Ok(())
    });
    let verified = |token: &str, issuer: &str| -> Fallible<Value> {
        let kid = decode_header(token)?.kid.ok_or("the token names no key")?;
        let key = keys.as_ref().and_then(|set| set.find(&kid)).ok_or("there is no such key")?;
        let mut validation = Validation::new(Algorithm::RS256);
        validation.set_issuer(&[issuer]);
        validation.set_required_spec_claims(&["exp", "nbf", "iss"]);
        validation.validate_nbf = true;
        Ok(decode::<Value>(token, &DecodingKey::from_jwk(key)?, &validation)?.claims)
    };
    let (good, other) = (text("/tokens/good"), format!("{endpoint}/other"));
    step("verification", "a token is verified with the key that it names", || {
        let claims = verified(good, endpoint)?;
        equal(claims["x-ms-sgx-mrenclave"].as_str().unwrap_or_default(), text("/mrEnclave"))
    });
    step("verification", "a token of another issuer is refused", || refused(verified(good, &other)));
    step("verification", "a changed token is refused", || refused(verified(text("/tokens/tampered"), endpoint)));
    step("verification", "the unsecured token of a draft policy is refused", || {
        refused(verified(text("/tokens/unsecured"), endpoint))
    });
}
