//! Connections to the page: so many in all and from one address, and none that says nothing for long.
//!
//! Whoever connects is not known yet, so silence must cost the hub nothing: its handles are needed for devices.

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::{ConnectInfo, Request};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tower::ServiceExt as _;
use tracing::debug;

use crate::permits::Permits;
use crate::tls::Tls;

/// Takes connections until it is dropped, and ends them then; behind TLS too, if there is a place for it.
pub(crate) async fn serve(listener: TcpListener, secure: Option<(TcpListener, Tls)>, router: Router) {
    let permits = Permits::new(MOST_CONNECTIONS, MOST_OF_ADDRESS);
    let plain = serve_while_spoken_to(permits.clone(), listener, router.clone(), LONGEST_SILENCE);
    match secure {
        None => plain.await,
        Some((listener, tls)) => {
            let secured = permits.serve(listener, |stream, peer| secured(stream, peer, tls.clone(), router.clone()));
            tokio::join!(plain, secured);
        }
    }
}

async fn serve_while_spoken_to(
    permits: Permits<IpAddr>,
    listener: TcpListener,
    router: Router,
    longest_silence: Duration,
) {
    permits
        .serve(listener, |stream, peer| {
            // Without it small answers wait for the network; the connection works either way.
            let _ = stream.set_nodelay(true);
            connection(stream, peer, router.clone(), longest_silence)
        })
        .await;
}

/// A connection that begins with a handshake.
async fn secured(stream: TcpStream, peer: SocketAddr, tls: Tls, router: Router) {
    let _ = stream.set_nodelay(true);
    let Ok(own) = stream.local_addr() else { return };
    match tokio::time::timeout(LONGEST_SILENCE, tls.accept(stream, own.ip())).await {
        Ok(Ok(stream)) => connection(stream, peer, router, LONGEST_SILENCE).await,
        Ok(Err(error)) => debug!(%peer, %error, "A connection to the page was not made safe."),
        Err(_) => {}
    }
}

async fn connection<S>(stream: S, peer: SocketAddr, router: Router, longest_silence: Duration)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let service = service_fn(move |request: Request<Incoming>| {
        let mut request = request.map(Body::new);
        request.extensions_mut().insert(ConnectInfo(peer));
        router.clone().oneshot(request)
    });
    let served = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(longest_silence)
        .max_buf_size(MOST_HEADER_BYTES)
        .serve_connection(TokioIo::new(stream), service)
        .with_upgrades();
    if let Err(error) = served.await {
        debug!(%peer, %error, "A connection to the page ended.");
    }
}

/// Together with the broker's and the voice's, well below the 1024 handles that a process usually has: what is left is
/// for the store, the engine and the broker.
const MOST_CONNECTIONS: usize = 256;
/// A browser opens six for each page, and all people behind a proxy have one address.
const MOST_OF_ADDRESS: usize = 128;
/// From the beginning of a connection, or the end of an answer, to the end of the next request's headers.
const LONGEST_SILENCE: Duration = Duration::from_secs(20);
const MOST_HEADER_BYTES: usize = 64 * 1024;

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

    use super::*;

    async fn ask(address: SocketAddr) -> std::io::Result<String> {
        let mut stream = TcpStream::connect(address).await?;
        stream.write_all(b"GET / HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n").await?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await?;
        Ok(answer)
    }

    #[tokio::test]
    async fn silent_connections_take_no_place_for_long_and_never_all() {
        let listener = TcpListener::bind((Ipv4Addr::UNSPECIFIED, 0)).await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let router = Router::new().fallback(|| async { "here" });
        let serving = tokio::spawn(serve(listener, None, router));
        let mut silent = Vec::new();
        for _ in 0..MOST_OF_ADDRESS + 20 {
            silent.push(TcpStream::connect((Ipv4Addr::LOCALHOST, port)).await.unwrap());
        }
        let other = SocketAddr::from((Ipv4Addr::new(127, 0, 0, 2), port));
        let from_elsewhere = tokio::net::TcpSocket::new_v4().unwrap();
        from_elsewhere.bind((Ipv4Addr::new(127, 0, 0, 3), 0).into()).unwrap();
        let mut stream = from_elsewhere.connect(other).await.unwrap();
        stream.write_all(b"GET / HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n").await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        assert!(answer.ends_with("here"), "{answer}");
        drop(silent);
        tokio::time::sleep(Duration::from_millis(100)).await;
        assert!(ask(SocketAddr::from((Ipv4Addr::LOCALHOST, port))).await.unwrap().ends_with("here"));
        serving.abort();
    }

    #[tokio::test]
    async fn half_a_header_ends_its_connection() {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        let router = Router::new().fallback(|| async { "here" });
        let serving = tokio::spawn(serve_while_spoken_to(
            Permits::new(MOST_CONNECTIONS, MOST_OF_ADDRESS),
            listener,
            router,
            Duration::from_millis(100),
        ));
        let mut stream = TcpStream::connect(address).await.unwrap();
        stream.write_all(b"GET / HTTP/1.1\r\nhost: loc").await.unwrap();
        let mut rest = Vec::new();
        stream.read_to_end(&mut rest).await.unwrap();
        assert!(!String::from_utf8_lossy(&rest).contains("here"));
        serving.abort();
    }
}
