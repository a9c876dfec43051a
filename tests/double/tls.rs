//! The certificates of the double, made by `tls/make.py` for tests alone.
//!
//! Deliberately absent: certificates of clients.

use std::sync::{Arc, LazyLock};

use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};

/// The authority behind them, as a client has to know it.
pub const AUTHORITY: &str = include_str!("tls/ca.pem");

/// What takes connections over TLS.
pub fn acceptor() -> TlsAcceptor {
    static CONFIG: LazyLock<Arc<ServerConfig>> = LazyLock::new(|| Arc::new(config()));
    TlsAcceptor::from(Arc::clone(&CONFIG))
}

fn config() -> ServerConfig {
    let node = CertificateDer::from_pem_slice(include_bytes!("tls/node.pem"));
    let key = PrivateKeyDer::from_pem_slice(include_bytes!("tls/node.key"));
    // The client panics when the process has a provider that is not its own.
    let provider = Arc::new(ring::default_provider());
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("a version of TLS")
        .with_no_client_auth()
        .with_single_cert(vec![node.expect("a certificate")], key.expect("a key"))
        .expect("a key that fits");
    config.alpn_protocols = vec![b"h2".to_vec()];
    config
}
