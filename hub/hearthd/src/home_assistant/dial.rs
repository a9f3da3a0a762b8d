//! Where Home Assistant's websocket is, and a socket to it. Says nothing on it.

use std::fmt;
use std::sync::Arc;

use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::pki_types::pem::PemObject as _;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName};
use tokio_rustls::rustls::{ClientConfig, RootCertStore, crypto};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::http::Uri;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;

use runtime::hub::home_assistant::ConnectionError;

/// A socket, with TLS or without.
pub(super) type Socket = WebSocketStream<Box<dyn Stream>>;

/// What a socket runs over.
pub(super) trait Stream: AsyncRead + AsyncWrite + Send + Sync + Unpin {}

impl<T: AsyncRead + AsyncWrite + Send + Sync + Unpin> Stream for T {}

/// Where Home Assistant's websocket is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Address {
    is_secure: bool,
    host: String,
    port: u16,
    path: String,
}

impl Address {
    /// The websocket of the Home Assistant whose page has this address; `None` if it is none.
    pub(crate) fn parse(url: &str) -> Option<Self> {
        let uri: Uri = url.parse().ok()?;
        let is_secure = match uri.scheme_str()? {
            "http" | "ws" => false,
            "https" | "wss" => true,
            _ => return None,
        };
        let has_more = uri.query().is_some() || uri.authority()?.as_str().contains('@');
        let host = uri.host().filter(|host| !host.is_empty() && !has_more)?.to_owned();
        let base = uri.path().trim_end_matches('/');
        let path = format!("{}{WEBSOCKET}", base.strip_suffix(WEBSOCKET).unwrap_or(base));
        Some(Self { is_secure, host, port: uri.port_u16().unwrap_or(if is_secure { 443 } else { 80 }), path })
    }
}

impl fmt::Display for Address {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = if self.is_secure { "wss" } else { "ws" };
        write!(out, "{scheme}://{}:{}{}", self.host, self.port, self.path)
    }
}

/// Opens the websocket.
pub(super) async fn dial(address: &Address, ca: Option<&[u8]>) -> Result<Socket, ConnectionError> {
    let unreachable = |reason: String| ConnectionError::Unreachable { address: address.to_string(), reason };
    // An IPv6 address stands in brackets in a URL, and nowhere else.
    let host = address.host.trim_matches(['[', ']']);
    let plain = TcpStream::connect((host, address.port)).await.map_err(|error| unreachable(error.to_string()))?;
    let stream: Box<dyn Stream> = match address.is_secure {
        false => Box::new(plain),
        true => {
            let name = ServerName::try_from(host.to_owned()).map_err(|error| unreachable(error.to_string()))?;
            let connector = connector(ca).map_err(unreachable)?;
            Box::new(connector.connect(name, plain).await.map_err(|error| unreachable(error.to_string()))?)
        }
    };
    let config = WebSocketConfig::default()
        .max_message_size(Some(MOST_BYTES))
        .max_frame_size(Some(MOST_BYTES))
        .read_buffer_size(READ_BYTES);
    let shaken = tokio_tungstenite::client_async_with_config(address.to_string(), stream, Some(config)).await;
    shaken.map(|(socket, _)| socket).map_err(|error| unreachable(error.to_string()))
}

/// Trusts the given authority, or those that the system trusts.
fn connector(ca: Option<&[u8]>) -> Result<TlsConnector, String> {
    let mut roots = RootCertStore::empty();
    match ca {
        Some(pem) => {
            for certificate in CertificateDer::pem_slice_iter(pem) {
                let certificate =
                    certificate.map_err(|error| format!("its authority's file can't be read: {error}"))?;
                roots
                    .add(certificate)
                    .map_err(|error| format!("its authority's certificate can't be used: {error}"))?;
            }
        }
        None => {
            roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        }
    }
    let builder = ClientConfig::builder_with_provider(Arc::new(crypto::ring::default_provider()))
        .with_safe_default_protocol_versions();
    let config = builder.map_err(|error| error.to_string())?.with_root_certificates(roots).with_no_client_auth();
    Ok(TlsConnector::from(Arc::new(config)))
}

const WEBSOCKET: &str = "/api/websocket";
/// The largest message: the states of thousands of entities have some MiB.
const MOST_BYTES: usize = 16 * 1024 * 1024;
const READ_BYTES: usize = 32 * 1024;

#[cfg(test)]
mod tests {
    use super::Address;

    fn check(url: &str, want: Option<&str>) {
        assert_eq!(Address::parse(url).map(|address| address.to_string()).as_deref(), want, "{url}");
    }

    #[test]
    fn the_address_of_the_page_is_enough() {
        check("http://homeassistant.local:8123", Some("ws://homeassistant.local:8123/api/websocket"));
        check("https://ha.example/", Some("wss://ha.example:443/api/websocket"));
        check("wss://ha.example:8443/home/api/websocket", Some("wss://ha.example:8443/home/api/websocket"));
        check("http://[fd00::1]:8123", Some("ws://[fd00::1]:8123/api/websocket"));
        for bad in [
            "homeassistant.local:8123",
            "ftp://ha",
            "http://",
            "http://user:secret@ha",
            "http://ha/?x=1",
            "/api/websocket",
            "",
        ] {
            check(bad, None);
        }
    }
}
