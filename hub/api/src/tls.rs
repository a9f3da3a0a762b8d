//! HTTPS of the hub's own: an authority that is made at the first start and stays, and a certificate for each name and
//! address by which the hub is called.
//!
//! The authority can vouch for nothing but names and addresses of a home, so that trusting it opens nothing else.

use std::collections::HashMap;
use std::io::Write as _;
use std::net::{IpAddr, Ipv4Addr};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::Context as _;
use jiff::{Timestamp, ToSpan as _};
use rcgen::{
    BasicConstraints, CertificateParams, CidrSubnet, DistinguishedName, DnType, ExtendedKeyUsagePurpose,
    GeneralSubtree, IsCa, Issuer, KeyPair, KeyUsagePurpose, NameConstraints, SanType,
};
use runtime::clock::Clock;
use sha2::{Digest as _, Sha256};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio_rustls::LazyConfigAcceptor;
use tokio_rustls::rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use tokio_rustls::rustls::server::Acceptor;
use tokio_rustls::rustls::{ServerConfig, crypto};
use tokio_rustls::server::TlsStream;

use crate::own_name::{HOME_ENDINGS, is_below};

/// The hub's authority, and the certificates it made. Cheap to clone.
#[derive(Clone)]
pub struct Tls(Arc<Inner>);

struct Inner {
    issuer: Issuer<'static, KeyPair>,
    /// The authority's certificate, to be trusted.
    pem: String,
    hosts: Vec<String>,
    clock: Clock,
    // A mutex, not a channel: read and written for a look-up, never across an await.
    made: Mutex<HashMap<Called, (i64, Arc<ServerConfig>)>>,
}

/// By what a connection called the hub: its address, and a name if it said one that the hub goes by.
type Called = (IpAddr, Option<String>);

impl Tls {
    /// The authority that is kept in a folder; made and kept there if there is none yet. `hosts` are names that the hub
    /// goes by beside those of every home.
    ///
    /// # Errors
    /// If the folder can't be read or written, or what is there is no key and certificate.
    pub fn load(folder: &Path, hosts: &[String], clock: Clock) -> anyhow::Result<Self> {
        std::fs::create_dir_all(folder).with_context(|| format!("make the folder `{}`", folder.display()))?;
        let (key_file, pem_file) = (folder.join("authority.key"), folder.join("authority.crt"));
        let key = match std::fs::read_to_string(&key_file) {
            Ok(pem) => KeyPair::from_pem(&pem)
                .with_context(|| format!("read the key `{}`; without it a new one is made", key_file.display()))?,
            Err(_) => {
                let key = KeyPair::generate().context("make the key of the authority")?;
                write_private(&key_file, &key.serialize_pem())?;
                // A certificate of another key is worth nothing.
                let _ = std::fs::remove_file(&pem_file);
                key
            }
        };
        let params = authority(&key, hosts, clock.now_ms())?;
        let pem = match std::fs::read_to_string(&pem_file) {
            Ok(pem) => pem,
            Err(_) => {
                let pem = params.self_signed(&key).context("make the certificate of the authority")?.pem();
                write_private(&pem_file, &pem)?;
                pem
            }
        };
        let issuer = Issuer::new(params, key);
        Ok(Self(Arc::new(Inner { issuer, pem, hosts: hosts.to_vec(), clock, made: Mutex::default() })))
    }

    /// The authority's certificate as PEM, for those who shall trust it.
    pub fn certificate(&self) -> &str {
        &self.0.pem
    }

    /// Takes a connection that came to this address of the hub.
    pub(crate) async fn accept<S>(&self, stream: S, own: IpAddr) -> std::io::Result<TlsStream<S>>
    where
        S: AsyncRead + AsyncWrite + Unpin,
    {
        let start = LazyConfigAcceptor::new(Acceptor::default(), stream).await?;
        let name = start.client_hello().server_name().map(str::to_ascii_lowercase);
        let name = name.filter(|name| may_be_vouched_for(name, &self.0.hosts));
        let config = self.config((own.to_canonical(), name)).map_err(std::io::Error::other)?;
        start.into_stream(config).await
    }

    /// A certificate for what the hub was called, made anew once a month.
    fn config(&self, called: Called) -> anyhow::Result<Arc<ServerConfig>> {
        let now = self.0.clock.now_ms();
        let mut made = self.0.made.lock().unwrap_or_else(PoisonError::into_inner);
        made.retain(|_, (at_ms, _)| (now - *at_ms).abs() < RENEWED_EVERY_MS);
        if let Some((_, config)) = made.get(&called) {
            return Ok(config.clone());
        }
        let key = KeyPair::generate()?;
        let certificate = leaf(&called, now)?.signed_by(&key, &self.0.issuer)?;
        let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(key.serialize_der()));
        let mut config = ServerConfig::builder_with_provider(Arc::new(crypto::ring::default_provider()))
            .with_safe_default_protocol_versions()?
            .with_no_client_auth()
            .with_single_cert(vec![certificate.der().clone()], key)?;
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        let config = Arc::new(config);
        if MOST_MADE <= made.len() {
            made.clear();
        }
        made.insert(called, (now, config.clone()));
        Ok(config)
    }
}

/// The authority itself: the same from start to start, because its name comes from its key.
fn authority(key: &KeyPair, hosts: &[String], now_ms: i64) -> anyhow::Result<CertificateParams> {
    let digest = hex::encode(Sha256::digest(key.public_key_pem()));
    let mut params = CertificateParams::default();
    params.distinguished_name = DistinguishedName::new();
    let name = format!("Hearth at home {}", digest.get(..8).unwrap_or_default());
    params.distinguished_name.push(DnType::CommonName, name);
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    let names = HOME_ENDINGS.iter().copied().chain(hosts.iter().map(String::as_str));
    let subnets = HOME_SUBNETS.iter().map(|(address, prefix)| (IpAddr::from(*address), *prefix));
    let subnets = subnets.chain(
        HOME_SUBNETS_6
            .iter()
            .map(|(first, prefix)| (IpAddr::from([*first, 0, 0, 0, 0, 0, 0, u16::from(*first == 0)]), *prefix)),
    );
    params.name_constraints = Some(NameConstraints {
        permitted_subtrees: names
            .map(|name| GeneralSubtree::DnsName(name.to_owned()))
            .chain(
                subnets
                    .map(|(address, prefix)| GeneralSubtree::IpAddress(CidrSubnet::from_addr_prefix(address, prefix))),
            )
            .collect(),
        excluded_subtrees: Vec::new(),
    });
    (params.not_before, params.not_after) = (day(now_ms, -2)?, day(now_ms, AUTHORITY_DAYS)?);
    Ok(params)
}

/// Whether the authority may vouch for a name. For one without a dot it can't, because it is below nothing.
fn may_be_vouched_for(name: &str, hosts: &[String]) -> bool {
    let own = hosts.iter().map(String::as_str);
    HOME_ENDINGS.iter().copied().chain(own).any(|ending| is_below(name, ending))
}

fn leaf((address, name): &Called, now_ms: i64) -> anyhow::Result<CertificateParams> {
    let mut params = CertificateParams::default();
    params.distinguished_name = DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, "Hearth");
    params.subject_alt_names = vec![SanType::IpAddress(*address)];
    if let Some(name) = name {
        params.subject_alt_names.push(SanType::DnsName(name.as_str().try_into()?));
    }
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    params.use_authority_key_identifier_extension = true;
    (params.not_before, params.not_after) = (day(now_ms, -2)?, day(now_ms, LEAF_DAYS)?);
    Ok(params)
}

/// A day so many days from now. A clock that was not set yet counts as the first day on which this could run.
fn day(now_ms: i64, days: i64) -> anyhow::Result<time::OffsetDateTime> {
    let now = Timestamp::from_millisecond(now_ms.max(mind::when::CLOCK_IS_SET_MS)).context("read the clock")?;
    let at = now.checked_add((days * 24).hours()).context("reckon a date")?;
    time::OffsetDateTime::from_unix_timestamp(at.as_second()).context("reckon a date")
}

/// Writes a file that nobody else may read.
fn write_private(path: &Path, text: &str) -> anyhow::Result<()> {
    let mut options = std::fs::OpenOptions::new();
    let mut file = options
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(path)
        .with_context(|| format!("write `{}`", path.display()))?;
    file.write_all(text.as_bytes())
        .and_then(|()| file.sync_all())
        .with_context(|| format!("write `{}`", path.display()))
}

/// Private and link-local networks, and the machine itself.
const HOME_SUBNETS: &[(Ipv4Addr, u8)] = &[
    (Ipv4Addr::new(10, 0, 0, 0), 8),
    (Ipv4Addr::new(172, 16, 0, 0), 12),
    (Ipv4Addr::new(192, 168, 0, 0), 16),
    (Ipv4Addr::new(169, 254, 0, 0), 16),
    (Ipv4Addr::new(100, 64, 0, 0), 10),
    (Ipv4Addr::new(127, 0, 0, 0), 8),
];
/// The first part of a subnet of version 6; 0 is the machine itself.
const HOME_SUBNETS_6: &[(u16, u8)] = &[(0xfc00, 7), (0xfe80, 10), (0, 128)];
const AUTHORITY_DAYS: i64 = 20 * 365;
/// No system takes certificates that hold longer than 825 days, whoever signed them.
const LEAF_DAYS: i64 = 397;
const RENEWED_EVERY_MS: i64 = 30 * 86_400_000;
/// Whoever calls the hub by more names wants something else.
const MOST_MADE: usize = 64;

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use tokio_rustls::TlsConnector;
    use tokio_rustls::rustls::pki_types::pem::PemObject as _;
    use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName};
    use tokio_rustls::rustls::{ClientConfig, RootCertStore};

    use super::*;

    fn connector(pem: &str) -> TlsConnector {
        let mut roots = RootCertStore::empty();
        roots.add(CertificateDer::from_pem_slice(pem.as_bytes()).unwrap()).unwrap();
        let config = ClientConfig::builder_with_provider(Arc::new(crypto::ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(roots)
            .with_no_client_auth();
        TlsConnector::from(Arc::new(config))
    }

    /// Whether a client that trusts only this authority takes the hub for what it called.
    async fn is_trusted(tls: &Tls, pem: &str, called: &str, own: IpAddr) -> bool {
        let (client, server) = tokio::io::duplex(1 << 16);
        let name = ServerName::try_from(called.to_owned()).unwrap();
        let (taken, _) = tokio::join!(connector(pem).connect(name, client), tls.accept(server, own));
        taken.is_ok()
    }

    #[tokio::test]
    async fn who_trusts_the_authority_once_trusts_every_name_and_address_of_the_hub() {
        let dir = tempfile::tempdir().unwrap();
        let hosts = ["hub.example.org".to_owned()];
        let clock = || Clock::at_home(None, None);
        let tls = Tls::load(dir.path(), &hosts, clock()).unwrap();
        let pem = tls.certificate().to_owned();
        let own = IpAddr::from([192, 168, 1, 20]);
        for called in ["192.168.1.20", "hearth.local", "hub.example.org"] {
            assert!(is_trusted(&tls, &pem, called, own).await, "{called}");
        }
        assert!(!is_trusted(&tls, &pem, "192.168.1.21", own).await, "that is another machine");
        assert!(!is_trusted(&tls, &pem, "bank.example.com", own).await, "the hub does not go by that name");
        let mode = |name: &str| std::fs::metadata(dir.path().join(name)).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode("authority.key"), 0o600);
        // After a restart the same authority is there, and what it makes is trusted still.
        let again = Tls::load(dir.path(), &hosts, clock()).unwrap();
        assert_eq!(again.certificate(), pem);
        assert!(is_trusted(&again, &pem, "192.168.1.20", own).await);
        std::fs::write(dir.path().join("authority.key"), "rubbish").unwrap();
        assert!(Tls::load(dir.path(), &hosts, clock()).is_err());
    }

    #[tokio::test]
    async fn the_authority_can_vouch_for_nothing_but_a_home() {
        let dir = tempfile::tempdir().unwrap();
        let tls = Tls::load(dir.path(), &[], Clock::at_home(None, None)).unwrap();
        let public = IpAddr::from([93, 184, 215, 14]);
        assert!(!is_trusted(&tls, tls.certificate(), "93.184.215.14", public).await);
    }
}
