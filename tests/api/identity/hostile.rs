//! Tokens made to get in: none does.

use hmac::{Hmac, KeyInit, Mac};
use quesito::access::jwt::{self, Algorithm, Flaw, KeySet, Rules};
use serde_json::{Value, json};
use sha2::Sha256;

use super::provider::{AUDIENCE, ISSUER, Remote, Signer, claims, encode, settings};
use crate::app::TestApp;
use crate::setting::with;

const NOW: &str = "2026-03-10T09:00:00Z";

/// A hostile token, what is wrong with it, and how that is called.
type Hostile = (&'static str, Flaw, String);

fn now() -> i64 {
    NOW.parse::<jiff::Timestamp>().unwrap().as_second()
}

#[expect(clippy::too_many_lines, reason = "a table of one row for each trick")]
fn hostile(signer: &Signer, stranger: &Signer) -> Vec<Hostile> {
    let (header, good) = (signer.header(), claims(now()));
    let token_of =
        |header: &Value, claims: &Value| signer.sign(&header.to_string(), &claims.to_string());
    let with_header = |changes: Value| token_of(&with(header.clone(), changes), &good);
    let claiming = |changes: Value| token_of(&header, &with(good.clone(), changes));
    let without = |member: &str| {
        let mut claims = good.clone();
        claims.as_object_mut().unwrap().remove(member);
        token_of(&header, &claims)
    };
    let genuine = token_of(&header, &good);
    let (message, signature) = genuine.rsplit_once('.').unwrap();
    let public = serde_json::to_vec(&signer.jwk()).unwrap();
    let symmetric = {
        let header = json!({"alg": "HS256", "typ": "at+jwt", "kid": signer.id});
        let message = format!(
            "{}.{}",
            encode(header.to_string().as_bytes()),
            encode(good.to_string().as_bytes())
        );
        let mut mac = <Hmac<Sha256> as KeyInit>::new_from_slice(&public).unwrap();
        mac.update(message.as_bytes());
        format!("{message}.{}", encode(&mac.finalize().into_bytes()))
    };
    let unsigned = |algorithm: &str| {
        let header = json!({"alg": algorithm, "typ": "at+jwt"});
        format!(
            "{}.{}.",
            encode(header.to_string().as_bytes()),
            encode(good.to_string().as_bytes())
        )
    };
    let altered = {
        let claims = with(good.clone(), json!({"sub": "gestore"})).to_string();
        let (head, _) = message.split_once('.').unwrap();
        format!("{head}.{}.{signature}", encode(claims.as_bytes()))
    };
    let kid = |kid: Value| with_header(json!({"kid": kid}));
    let repeated = |claims: &str| signer.sign(&header.to_string(), claims);
    let text = good.to_string();
    vec![
        ("alg none", Flaw::Algorithm, unsigned("none")),
        ("alg nOnE", Flaw::Algorithm, unsigned("nOnE")),
        ("alg empty", Flaw::Algorithm, unsigned("")),
        ("HS256 under the public key", Flaw::Algorithm, symmetric),
        ("an algorithm that is not pinned", Flaw::Algorithm, with_header(json!({"alg": "RS256"}))),
        ("no algorithm", Flaw::Algorithm, with_header(json!({"alg": null}))),
        ("no signature", Flaw::Signature, format!("{message}.")),
        ("a signature of zeros", Flaw::Signature, format!("{message}.{}", encode(&[0; 64]))),
        ("a signature cut short", Flaw::Signature, format!("{message}.{}", encode(&[7; 63]))),
        ("other claims under a genuine signature", Flaw::Signature, altered),
        (
            "a stranger's key under a known id",
            Flaw::Signature,
            stranger.sign(&header.to_string(), &text),
        ),
        (
            "a stranger's key under its own id",
            Flaw::UnknownKey,
            stranger.sign(&stranger.header().to_string(), &text),
        ),
        ("a key id that is a path", Flaw::UnknownKey, kid(json!("../../../dev/null"))),
        ("a key id that is a statement", Flaw::UnknownKey, kid(json!("' UNION SELECT 'x"))),
        ("a key id that is no text", Flaw::Header, kid(json!(["1"]))),
        ("jku", Flaw::Header, with_header(json!({"jku": "https://evil.example/jwks"}))),
        ("jwk", Flaw::Header, with_header(json!({"jwk": stranger.jwk()}))),
        ("x5u", Flaw::Header, with_header(json!({"x5u": "https://evil.example/cert"}))),
        ("x5c", Flaw::Header, with_header(json!({"x5c": ["MIIB"]}))),
        ("crit", Flaw::Header, with_header(json!({"crit": ["exp"], "exp": 1}))),
        ("b64 false", Flaw::Header, with_header(json!({"b64": false}))),
        ("an identity token", Flaw::Type, with_header(json!({"typ": "JWT"}))),
        ("a logout token", Flaw::Type, with_header(json!({"typ": "logout+jwt"}))),
        ("a kind that is no text", Flaw::Type, with_header(json!({"typ": ["at+jwt"]}))),
        ("another issuer", Flaw::Issuer, claiming(json!({"iss": "https://evil.example"}))),
        (
            "an issuer with a slash more",
            Flaw::Issuer,
            claiming(json!({"iss": format!("{ISSUER}/")})),
        ),
        ("issuers in a list", Flaw::Issuer, claiming(json!({"iss": [ISSUER]}))),
        ("no issuer", Flaw::Issuer, without("iss")),
        ("another audience", Flaw::Audience, claiming(json!({"aud": "urn:other"}))),
        (
            "an audience that begins alike",
            Flaw::Audience,
            claiming(json!({"aud": format!("{AUDIENCE}:x")})),
        ),
        ("no audience", Flaw::Audience, without("aud")),
        ("audiences that are no texts", Flaw::Audience, claiming(json!({"aud": [AUDIENCE, {}]}))),
        ("expired", Flaw::Time, claiming(json!({"exp": now() - 61}))),
        ("no expiry", Flaw::Time, without("exp")),
        ("an expiry that is a text", Flaw::Time, claiming(json!({"exp": "9999999999"}))),
        ("an expiry beyond numbers", Flaw::Time, claiming(json!({"exp": 1e300}))),
        ("good for a year", Flaw::Time, claiming(json!({"exp": now() + 365 * 86_400}))),
        ("not yet valid", Flaw::Time, claiming(json!({"nbf": now() + 120}))),
        ("issued in the future", Flaw::Time, claiming(json!({"iat": now() + 120}))),
        ("nobody", Flaw::Subject, without("sub")),
        ("an empty subject", Flaw::Subject, claiming(json!({"sub": ""}))),
        ("a subject that is no text", Flaw::Subject, claiming(json!({"sub": {"$ne": ""}}))),
        (
            "a member twice",
            Flaw::Repeated,
            repeated(&text.replacen('{', "{\"aud\":\"urn:other\",", 1)),
        ),
        (
            "a member twice, deep inside",
            Flaw::Repeated,
            repeated(&text.replacen('{', "{\"x\":{\"y\":1,\"y\":2},", 1)),
        ),
        ("huge", Flaw::Shape, claiming(json!({"x": "x".repeat(9_000)}))),
        (
            "too deep",
            Flaw::Shape,
            repeated(&format!("{{\"x\":{}{}}}", "[".repeat(2_000), "]".repeat(2_000))),
        ),
        ("not an object", Flaw::Shape, signer.sign(&header.to_string(), "[]")),
        ("five parts", Flaw::Shape, format!("{genuine}.e30.e30")),
        ("two parts", Flaw::Shape, message.to_owned()),
        ("padding", Flaw::Shape, format!("{genuine}==")),
        ("not base64url", Flaw::Shape, genuine.replacen('e', "+", 1)),
    ]
}

#[test]
fn every_trick_is_refused_for_what_it_is() {
    let (signer, stranger) = (Signer::new("k1"), Signer::new("k2"));
    let keys = json!({"keys": [signer.jwk()]}).to_string();
    let keys = KeySet::parse(keys.as_bytes()).unwrap();
    let rules = Rules {
        issuer: ISSUER,
        audience: AUDIENCE,
        algorithms: &[Algorithm::ES256],
        types: &["at+jwt"],
        nonce: None,
        now: now(),
    };
    let genuine = signer.sign(&signer.header().to_string(), &claims(now()).to_string());
    assert_eq!(jwt::verify(&genuine, &keys, &rules).unwrap().subject, "servizio");
    let tricks = hostile(&signer, &stranger);
    assert!(tricks.len() >= 25);
    for (name, flaw, token) in tricks {
        assert_eq!(jwt::verify(&token, &keys, &rules).unwrap_err(), flaw, "{name}");
    }
}

#[tokio::test]
async fn none_of_them_opens_the_api() {
    let (signer, stranger) = (Signer::new("k1"), Signer::new("k2"));
    let remote = Remote::with(&[&signer]);
    let app = TestApp::with(|operations| operations.believing(settings(), remote.clone())).await;
    app.furnish().await;
    app.act(
        "admin",
        "grant_access",
        &[],
        json!({
            "person": "gestionale", "role": "municipality", "body": "c_a944",
        }),
    )
    .await;
    let genuine = signer.sign(&signer.header().to_string(), &claims(now()).to_string());
    app.remember("genuine", genuine);
    assert_eq!(app.get(Some("genuine"), "/issues?limit=1").await.status, 200);

    let mut accepted = 0;
    let tricks = hostile(&signer, &stranger);
    let all = tricks.len();
    for (name, _, token) in tricks {
        app.remember("hostile", token);
        let reply = app.get(Some("hostile"), "/issues?limit=1").await;
        assert_eq!(reply.status, 401, "{name}: {}", reply.text);
        accepted += usize::from(reply.status == 200);
    }
    assert_eq!(accepted, 0, "of {all}");
}

/// RFC 7515, appendix A.2: a token signed with RS256, and its key.
#[test]
fn the_example_of_the_standard_is_read() {
    let keys = json!({"keys": [{"kty": "RSA", "e": "AQAB", "n": "ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ"}]});
    let keys = KeySet::parse(keys.to_string().as_bytes()).unwrap();
    let token = "eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5jujGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw";
    let rules = Rules {
        issuer: "joe",
        audience: "x",
        algorithms: &[Algorithm::RS256],
        types: &[""],
        nonce: None,
        now: 1_300_819_000,
    };
    // The signature and the issuer are good; the example is for nobody in particular.
    assert_eq!(jwt::verify(token, &keys, &rules).unwrap_err(), Flaw::Audience);
    let wrong = token.replace("_Eetdg", "_Eetdh").replace("cC4hi", "cC4hj");
    assert_eq!(jwt::verify(&wrong, &keys, &rules).unwrap_err(), Flaw::Signature);
}
