//! Postgres and Redis over TLS, on servers that take nothing else, with certificates by an authority that no machine trusts by itself.
//! `tests/run` starts the Postgres and makes the certificates.

use std::ops::Deref;
use std::path::PathBuf;
use std::time::Duration;

use jiff::SignedDuration;
use ratiba_core::adapters::postgres::{PostgresOptions, PostgresStore, PostgresWakeUp};
use ratiba_core::adapters::redis::{RedisHot, look};
use ratiba_core::adapters::seal::SecretKey;
use ratiba_core::adapters::system::OsEntropy;
use ratiba_core::ports::hot::{HotState as _, Topic, WakeUp as _};
use ratiba_core::ports::store::StoreError;

use crate::hot::redis::{Private, corner, free_port, left_out};
use crate::terminal::doctor::found;
use crate::terminal::ratiba;

/// The server, without what is to be trusted.
const URL: &str = "RATIBA_TEST_TLS_DATABASE_URL";
/// Where the certificates are.
const DIR: &str = "RATIBA_TEST_TLS_DIR";

fn certificate(name: &str) -> Option<PathBuf> {
    let dir = std::env::var_os(DIR);
    if dir.is_none() {
        left_out(&format!("what needs TLS: {DIR} is not set (tests/run sets it)"));
    }
    Some(PathBuf::from(dir?).join(name))
}

/// Connects with these parameters in the URL.
async fn connect(host: &str, parameters: &str) -> Option<Result<PostgresStore, StoreError>> {
    let url = std::env::var(URL).ok()?.replace("localhost", host);
    let options = PostgresOptions::new(format!("{url}?{parameters}"));
    Some(PostgresStore::connect(&options, &SecretKey::for_tests()).await)
}

#[tokio::test]
async fn postgres_is_reached_by_whom_we_trust_and_by_nobody_else() {
    let (Some(ca), Some(other)) = (certificate("ca.pem"), certificate("other.pem")) else { return };
    let (ca, other) = (ca.display(), other.display());
    let full = format!("sslmode=verify-full&sslrootcert={ca}");
    let store = connect("localhost", &full).await.unwrap().unwrap();
    assert!(store.look().await.unwrap().tls.unwrap().starts_with("TLSv1."));
    for (host, parameters, welcome) in [
        ("localhost", full.clone(), true),
        // The certificate is of `localhost` and of nobody else.
        ("127.0.0.1", full, false),
        ("127.0.0.1", format!("sslmode=verify-ca&sslrootcert={ca}"), true),
        ("localhost", format!("sslmode=verify-full&sslrootcert={other}"), false),
        ("localhost", "sslmode=verify-full".to_owned(), false),
        ("localhost", "sslmode=require".to_owned(), true),
        // Where nothing is said, TLS is used by whoever offers it.
        ("localhost", String::new(), true),
        ("localhost", "sslmode=disable".to_owned(), false),
    ] {
        let connected = connect(host, &parameters).await.unwrap();
        assert_eq!(connected.is_ok(), welcome, "{host} {parameters}: {connected:?}");
    }
}

#[tokio::test]
async fn what_postgres_tells_is_heard_over_tls() {
    let Some(ca) = certificate("ca.pem") else { return };
    let Ok(url) = std::env::var(URL) else { return };
    let url = format!("{url}?sslmode=verify-full&sslrootcert={}", ca.display());
    let options = PostgresOptions::new(url);
    let here = PostgresWakeUp::listen(&options).await.unwrap();
    let there = PostgresWakeUp::listen(&options).await.unwrap();
    here.wake(Topic::Inbox).await;
    // Far longer than a notification takes.
    let patience = SignedDuration::from_secs(600);
    tokio::time::timeout(Duration::from_mins(1), there.wait(Topic::Inbox, patience)).await.unwrap();
}

/// A Redis that takes TLS on a port of its own, besides the plain one that the harness asks whether it is there.
async fn redis() -> Option<(Private, u16)> {
    let port = free_port();
    let [ca, cert, key] = ["ca.pem", "server.pem", "server.key"].map(certificate);
    let path = |file: Option<PathBuf>| Some(file?.display().to_string());
    let (ca, cert, key) = (path(ca)?, path(cert)?, path(key)?);
    let number = port.to_string();
    let arguments = [
        "--tls-port",
        &number,
        "--tls-auth-clients",
        "no",
        "--tls-ca-cert-file",
        &ca,
        "--tls-cert-file",
        &cert,
        "--tls-key-file",
        &key,
    ];
    Some((Private::start(&arguments).await?, port))
}

#[tokio::test]
async fn redis_is_reached_by_whom_we_trust_and_by_nobody_else() {
    let Some((_server, port)) = redis().await else { return };
    let [ca, other] =
        ["ca.pem", "other.pem"].map(|name| std::fs::read(certificate(name).unwrap()).unwrap());
    for (host, root, welcome) in [
        ("localhost", Some(ca.clone()), true),
        ("127.0.0.1", Some(ca.clone()), false),
        ("localhost", Some(other), false),
        ("localhost", None, false),
    ] {
        let mut settings = corner(&format!("rediss://{host}:{port}"));
        settings.root_cert = root;
        let seen = look(&settings).await.remove(0).1;
        assert_eq!(seen.is_ok(), welcome, "{host}: {seen:?}");
        let hot = RedisHot::open(&settings, &OsEntropy).await.unwrap();
        assert_eq!(hot.ping().await.is_ok(), welcome, "{host}");
    }
}

/// Hot state over a connection that is encrypted, with its server.
struct Guarded {
    hot: RedisHot,
    _server: Private,
}

impl Deref for Guarded {
    type Target = RedisHot;

    fn deref(&self) -> &RedisHot {
        &self.hot
    }
}

async fn guarded() -> Option<Guarded> {
    let (server, port) = redis().await?;
    let mut settings = corner(&format!("rediss://localhost:{port}"));
    settings.root_cert = std::fs::read(certificate("ca.pem")?).ok();
    let hot = RedisHot::open(&settings, &OsEntropy).await.unwrap();
    Some(Guarded { hot, _server: server })
}

mod leases_over_tls {
    use super::guarded;

    ratiba_core::hot_state_conformance!(if_there guarded);
}

#[tokio::test]
async fn the_doctor_says_what_is_encrypted() {
    let Some((_server, port)) = redis().await else { return };
    let (Some(ca), Ok(url)) = (certificate("ca.pem"), std::env::var(URL)) else { return };
    let ca = ca.display().to_string();
    let env = vec![
        ("DATABASE_URL", format!("{url}?sslmode=verify-full&sslrootcert={ca}")),
        ("RATIBA_SECRET_KEY", hex::encode("ratiba: known to all, tests only")),
        ("REDIS_URL", format!("rediss://localhost:{port}")),
        ("REDIS_ROOT_CERT", ca),
    ];
    let (_, checks) = ratiba(&["doctor", "--offline"], &env).await;
    let (state, detail) = found(&checks, "database");
    assert!(state == "ok" && detail.contains("encrypted by TLS"), "{checks:#}");
    assert_eq!(found(&checks, "Redis localhost").0, "ok", "{checks:#}");
}
