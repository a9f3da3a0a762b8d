//! Sound that satellites fetch: each sound under a name that can't be guessed, for a short time, over plain HTTP.
//!
//! It knows one request, `GET` of such a name; devices that play from an address ask for no more.

use std::collections::VecDeque;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::Context as _;
use api::permits::Permits;
use runtime::clock::Stopwatch;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tracing::debug;

use super::encoding::Encoded;

/// What can be fetched. Cheap to clone; all clones are the same.
#[derive(Clone, Debug)]
pub(super) struct Media {
    port: u16,
    // A lock, because it is read wherever a connection is served; held for a look-up only.
    offers: Arc<Mutex<VecDeque<Offer>>>,
}

#[derive(Debug)]
struct Offer {
    name: String,
    sound: Arc<Encoded>,
    since: Stopwatch,
}

impl Media {
    /// Listens there, or at any free port; what serves it runs as long as it is awaited.
    pub(super) async fn start(
        address: Option<SocketAddr>,
    ) -> anyhow::Result<(Self, impl Future<Output = ()> + Send + 'static)> {
        let listener = bind(address).await.context("listen for satellites that fetch their sound")?;
        let port = listener.local_addr().context("read the port of the satellites' sound")?.port();
        let media = Self { port, offers: Arc::default() };
        let own = media.clone();
        let serving = async move {
            let talk = |stream: TcpStream, peer: SocketAddr| {
                let media = own.clone();
                async move {
                    let served = tokio::time::timeout(LONGEST_FETCH, media.serve(stream)).await;
                    if let Some(error) = served.context("it took too long").and_then(|served| served).err() {
                        debug!(%peer, error = format!("{error:#}"), "A sound was not fetched.");
                    }
                }
            };
            Permits::new(MOST_CONNECTIONS, MOST_OF_ADDRESS).serve(listener, talk).await;
        };
        Ok((media, serving))
    }

    /// Offers a sound, and gives the address under which the hub, being there, can be asked for it.
    pub(super) fn offer(&self, sound: Encoded, own: IpAddr) -> String {
        let name = format!("{}.{}", secrets::secret(), sound.extension);
        let url = format!("http://{}/{name}", SocketAddr::new(own, self.port));
        let mut offers = self.offers.lock().unwrap_or_else(PoisonError::into_inner);
        offers.retain(|offer| offer.since.elapsed() < OFFERED_FOR);
        if MAX_OFFERS <= offers.len() {
            offers.pop_front();
        }
        offers.push_back(Offer { name, sound: Arc::new(sound), since: Stopwatch::start() });
        url
    }

    fn find(&self, name: &str) -> Option<Arc<Encoded>> {
        let offers = self.offers.lock().unwrap_or_else(PoisonError::into_inner);
        let mut there = offers.iter().filter(|offer| offer.since.elapsed() < OFFERED_FOR);
        there.find(|offer| offer.name == name).map(|offer| offer.sound.clone())
    }

    /// Answers one request.
    async fn serve(&self, mut stream: TcpStream) -> anyhow::Result<()> {
        let request = head(&mut stream).await?;
        let found = asked(&request).and_then(|(method, name)| Some((method, self.find(name)?)));
        let Some((method, sound)) = found else {
            let answer = "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
            return Ok(stream.write_all(answer.as_bytes()).await?);
        };
        let head = format!(
            "HTTP/1.1 200 OK\r\nContent-Type: {}\r\nContent-Length: {}\r\nCache-Control: no-store\r\n\
             Connection: close\r\n\r\n",
            sound.content_type,
            sound.bytes.len(),
        );
        stream.write_all(head.as_bytes()).await?;
        if method == Method::Get {
            stream.write_all(&sound.bytes).await?;
        }
        Ok(stream.shutdown().await?)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Method {
    Get,
    Head,
}

/// The lines of a request up to the empty one.
async fn head(stream: &mut TcpStream) -> anyhow::Result<Vec<u8>> {
    let (mut request, mut bytes) = (Vec::new(), [0; 512]);
    while !request.windows(4).any(|four| four == b"\r\n\r\n") {
        let count = stream.read(&mut bytes).await?;
        anyhow::ensure!(count != 0, "it hung up");
        request.extend_from_slice(bytes.get(..count).unwrap_or_default());
        anyhow::ensure!(request.len() <= MAX_REQUEST, "it sent a request of more than {MAX_REQUEST} bytes");
    }
    Ok(request)
}

/// What a request asks for, and how.
fn asked(request: &[u8]) -> Option<(Method, &str)> {
    let line = request.split(|byte| *byte == b'\r').next()?;
    let mut words = std::str::from_utf8(line).ok()?.split(' ');
    let method = match words.next()? {
        "GET" => Method::Get,
        "HEAD" => Method::Head,
        _ => return None,
    };
    Some((method, words.next()?.strip_prefix('/')?))
}

/// By every address of the hub, where there is IPv6 and where there is none.
async fn bind(address: Option<SocketAddr>) -> std::io::Result<TcpListener> {
    if let Some(address) = address {
        return TcpListener::bind(address).await;
    }
    match TcpListener::bind((Ipv6Addr::UNSPECIFIED, 0)).await {
        Ok(listener) => Ok(listener),
        Err(_) => TcpListener::bind((Ipv4Addr::UNSPECIFIED, 0)).await,
    }
}

/// A device begins to fetch at once, and again where it lost the connection.
const OFFERED_FOR: Duration = Duration::from_secs(60);
/// Sounds of all satellites within that time: what tells everyone something in a large house.
const MAX_OFFERS: usize = 32;
/// A player with a small buffer fetches as slowly as it plays.
const LONGEST_FETCH: Duration = Duration::from_secs(180);
const MOST_CONNECTIONS: usize = 64;
const MOST_OF_ADDRESS: usize = 8;
const MAX_REQUEST: usize = 4096;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_name_is_asked_for() {
        assert_eq!(asked(b"GET /a.wav HTTP/1.1\r\nHost: x\r\n\r\n"), Some((Method::Get, "a.wav")));
        assert_eq!(asked(b"HEAD /a.wav HTTP/1.0\r\n\r\n"), Some((Method::Head, "a.wav")));
        for odd in [&b"POST /a.wav HTTP/1.1\r\n"[..], b"GET\r\n", b"GET a.wav", b"\xff\xfe", b""] {
            assert_eq!(asked(odd), None, "{odd:?}");
        }
    }

    #[tokio::test]
    async fn a_sound_is_there_under_its_name_alone() {
        let (media, serving) = Media::start(None).await.unwrap();
        let serving = tokio::spawn(serving);
        let sound = Encoded { bytes: vec![1, 2, 3], extension: "wav", content_type: "audio/wav" };
        let own = IpAddr::from([127, 0, 0, 1]);
        let url = media.offer(sound, own);
        let fetch = async |path: &str| {
            let mut stream = TcpStream::connect((own, media.port)).await.unwrap();
            stream.write_all(format!("GET {path} HTTP/1.1\r\nHost: hub\r\n\r\n").as_bytes()).await.unwrap();
            let mut answer = Vec::new();
            stream.read_to_end(&mut answer).await.unwrap();
            answer
        };
        let path = url.strip_prefix(&format!("http://127.0.0.1:{}", media.port)).unwrap();
        let answer = fetch(path).await;
        assert!(answer.starts_with(b"HTTP/1.1 200 OK\r\n") && answer.ends_with(b"\r\n\r\n\x01\x02\x03"));
        assert!(fetch("/guess.wav").await.starts_with(b"HTTP/1.1 404"));
        (0..MAX_OFFERS).for_each(|_| {
            let sound = Encoded { bytes: Vec::new(), extension: "wav", content_type: "audio/wav" };
            media.offer(sound, own);
        });
        assert!(fetch(path).await.starts_with(b"HTTP/1.1 404"), "newer ones have its place");
        serving.abort();
    }
}
