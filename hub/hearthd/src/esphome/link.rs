//! A connection to a device: frames over a socket, plain or encrypted.

use std::net::IpAddr;
use std::time::Duration;

use anyhow::{Context as _, bail};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};

use super::frame::{Frame, Inbox};
use super::messages::{FromDevice, Numbered};
use super::noise::{self, EncryptionKey, Opener, Seal};

/// What comes from a device.
pub(super) struct Incoming {
    socket: Socket,
    opener: Option<Opener>,
}

/// What goes to a device.
pub(super) struct Outgoing {
    socket: OwnedWriteHalf,
    seal: Option<Seal>,
}

/// Connects, and agrees on the encryption if there is a key. Gives the hub's own address too, as the device sees it.
pub(super) async fn connect(
    address: &str,
    key: Option<&EncryptionKey>,
) -> anyhow::Result<(Incoming, Outgoing, IpAddr)> {
    let stream = TcpStream::connect(address).await?;
    stream.set_nodelay(true)?;
    let own = stream.local_addr()?.ip().to_canonical();
    let (reading, mut writing) = stream.into_split();
    let mut socket = Socket { reading, inbox: Inbox::default() };
    let Some(key) = key else {
        return Ok((Incoming { socket, opener: None }, Outgoing { socket: writing, seal: None }, own));
    };
    let (handshake, first) = noise::begin(key)?;
    writing.write_all(&first).await?;
    handshake.hello(&socket.next(Inbox::packet).await?.context(HUNG_UP)?)?;
    let (seal, opener) = handshake.finish(&socket.next(Inbox::packet).await?.context(HUNG_UP)?)?;
    Ok((Incoming { socket, opener: Some(opener) }, Outgoing { socket: writing, seal: Some(seal) }, own))
}

impl Incoming {
    /// The next message; none where the device has left.
    pub(super) async fn next(&mut self) -> anyhow::Result<Option<FromDevice>> {
        let frame = match &mut self.opener {
            None => self.socket.next(Inbox::frame).await?,
            Some(opener) => match self.socket.next(Inbox::packet).await? {
                Some(packet) => Some(opener.open(&packet)?),
                None => None,
            },
        };
        let read = |frame: Frame| FromDevice::read(&frame).with_context(|| format!("read a message `{}`", frame.kind));
        frame.map(read).transpose()
    }
}

impl Outgoing {
    /// Sends a message. A device that takes none for a while is given up.
    pub(super) async fn send(&mut self, message: &impl Numbered) -> anyhow::Result<()> {
        let frame = message.frame();
        let bytes = match &mut self.seal {
            Some(seal) => seal.seal(&frame)?,
            None => frame.plain(),
        };
        match tokio::time::timeout(LONGEST_WRITE, self.socket.write_all(&bytes)).await {
            Ok(written) => Ok(written?),
            Err(_) => bail!("it takes nothing more"),
        }
    }
}

/// What arrives at a socket.
struct Socket {
    reading: OwnedReadHalf,
    inbox: Inbox,
}

impl Socket {
    /// The next whole thing that a way of reading finds; none where the device has left in between.
    async fn next<T, E>(&mut self, read: impl Fn(&mut Inbox) -> Result<Option<T>, E>) -> anyhow::Result<Option<T>>
    where
        E: std::error::Error + Send + Sync + 'static,
    {
        let mut bytes = [0; MAX_READ];
        loop {
            if let Some(next) = read(&mut self.inbox)? {
                return Ok(Some(next));
            }
            match self.reading.read(&mut bytes).await? {
                0 => return Ok(None),
                count => self.inbox.add(bytes.get(..count).unwrap_or_default()),
            }
        }
    }
}

const HUNG_UP: &str = "it hung up when the hub began to encrypt; perhaps it does not";
const LONGEST_WRITE: Duration = Duration::from_secs(10);
/// Read at once.
const MAX_READ: usize = 4096;
