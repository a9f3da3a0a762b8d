//! ESPHome's encryption: Noise with the pattern NNpsk0, which proves on both ends that the other has the key. No socket
//! here.

use std::fmt;
use std::sync::Arc;

use snow::{Builder, HandshakeState, StatelessTransportState};

use super::frame::{Frame, FrameError, packet};

/// The key that a satellite and the hub share.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct EncryptionKey(pub(crate) [u8; 32]);

impl fmt::Debug for EncryptionKey {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("EncryptionKey(…)")
    }
}

/// Why there is no encrypted connection.
#[derive(Debug, thiserror::Error)]
pub(super) enum NoiseError {
    /// The other end has another key.
    #[error("its encryption key is another than `encryption_key` says")]
    WrongKey,
    /// The other end does not want to go on, and why.
    #[error("it refuses to encrypt: `{0}`")]
    Refused(String),
    /// The other end speaks of encryption in a way that is not known.
    #[error("its answer to the encryption is not known here")]
    Unknown,
    /// A message was changed, lost or repeated on its way.
    #[error("an encrypted message can't be read")]
    Broken,
    /// A message is no frame.
    #[error(transparent)]
    Frame(#[from] FrameError),
}

/// An encrypted connection that is being made.
pub(super) struct Handshake(HandshakeState);

/// The bytes with which it begins.
pub(super) fn begin(key: &EncryptionKey) -> Result<(Handshake, Vec<u8>), NoiseError> {
    let builder = PATTERN.parse().map(Builder::new).map_err(|_| NoiseError::Unknown)?;
    let builder = builder.psk(0, &key.0).and_then(|builder| builder.prologue(PROLOGUE));
    let mut state = builder.and_then(Builder::build_initiator).map_err(|_| NoiseError::Unknown)?;
    let mut message = [0; MAX_HANDSHAKE];
    let length = state.write_message(&[], &mut message).map_err(|_| NoiseError::Unknown)?;
    let first = [&[NO_ERROR], message.get(..length).unwrap_or_default()].concat();
    Ok((Handshake(state), [packet(&[])?, packet(&first)?].concat()))
}

impl Handshake {
    /// Takes the other end's first packet, which says what it chose and its name.
    pub(super) fn hello(&self, packet: &[u8]) -> Result<(), NoiseError> {
        match packet.first() {
            Some(&CHOSEN) => Ok(()),
            Some(_) | None => Err(NoiseError::Unknown),
        }
    }

    /// Takes the other end's second packet: from here on all is encrypted.
    pub(super) fn finish(mut self, packet: &[u8]) -> Result<(Seal, Opener), NoiseError> {
        match packet {
            [NO_ERROR, message @ ..] => {
                let mut payload = [0; MAX_HANDSHAKE];
                self.0.read_message(message, &mut payload).map_err(|_| NoiseError::WrongKey)?;
            }
            [_, why @ ..] if why == WRONG_KEY => return Err(NoiseError::WrongKey),
            [_, why @ ..] => return Err(NoiseError::Refused(explanation(why))),
            [] => return Err(NoiseError::Unknown),
        }
        let state = Arc::new(self.0.into_stateless_transport_mode().map_err(|_| NoiseError::Broken)?);
        Ok((Seal { state: state.clone(), next: 0 }, Opener { state, next: 0 }))
    }
}

/// Makes packets of what is sent.
pub(super) struct Seal {
    state: Arc<StatelessTransportState>,
    /// Each message has a number, so that none can be left out or sent twice.
    next: u64,
}

impl Seal {
    /// The packet of a frame.
    pub(super) fn seal(&mut self, frame: &Frame) -> Result<Vec<u8>, NoiseError> {
        let inside = frame.inside()?;
        let mut sealed = vec![0; inside.len() + TAG];
        let length = self.state.write_message(self.next, &inside, &mut sealed).map_err(|_| FrameError::TooLong)?;
        self.next += 1;
        Ok(packet(sealed.get(..length).unwrap_or_default())?)
    }
}

/// Reads packets that arrive.
pub(super) struct Opener {
    state: Arc<StatelessTransportState>,
    next: u64,
}

impl Opener {
    /// What is in a packet.
    pub(super) fn open(&mut self, packet: &[u8]) -> Result<Frame, NoiseError> {
        let mut inside = vec![0; packet.len()];
        let length = self.state.read_message(self.next, packet, &mut inside).map_err(|_| NoiseError::Broken)?;
        self.next += 1;
        Ok(Frame::from_inside(inside.get(..length).unwrap_or_default())?)
    }
}

/// What a device says of itself, as far as a log may show it.
fn explanation(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).chars().filter(|letter| !letter.is_control()).take(MAX_EXPLANATION).collect()
}

const PATTERN: &str = "Noise_NNpsk0_25519_ChaChaPoly_SHA256";
/// Both ends mix it into the handshake; the last two bytes are the length of the empty packet that comes first.
const PROLOGUE: &[u8] = b"NoiseAPIInit\0\0";
/// The only choice there is.
const CHOSEN: u8 = 1;
const NO_ERROR: u8 = 0;
/// What ESPHome says where the keys differ.
const WRONG_KEY: &[u8] = b"Handshake MAC failure";
/// A public key and a tag are 48 bytes.
const MAX_HANDSHAKE: usize = 256;
const TAG: usize = 16;
const MAX_EXPLANATION: usize = 100;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::frame::Inbox;
    use super::*;

    const KEY: EncryptionKey = EncryptionKey([7; 32]);

    /// A device's end: the answer to the hub's first bytes, and the state it has then.
    fn device(key: &EncryptionKey, first: &[u8]) -> Option<(Vec<u8>, StatelessTransportState)> {
        let mut inbox = Inbox::default();
        inbox.add(first);
        assert_eq!(inbox.packet(), Ok(Some(Vec::new())));
        let message = inbox.packet().unwrap().unwrap();
        let builder = Builder::new(PATTERN.parse().unwrap()).psk(0, &key.0).unwrap().prologue(PROLOGUE).unwrap();
        let mut state = builder.build_responder().unwrap();
        state.read_message(&message[1..], &mut [0; MAX_HANDSHAKE]).ok()?;
        let mut answer = [0; MAX_HANDSHAKE];
        let length = state.write_message(&[], &mut answer).unwrap();
        Some(([&[NO_ERROR], &answer[..length]].concat(), state.into_stateless_transport_mode().unwrap()))
    }

    #[test]
    fn both_ends_read_each_other_and_nothing_that_was_changed_or_repeated() {
        let (handshake, first) = begin(&KEY).unwrap();
        let (answer, device) = device(&KEY, &first).unwrap();
        handshake.hello(b"\x01kitchen\0aabbccddeeff\0").unwrap();
        let (mut seal, mut opener) = handshake.finish(&answer).unwrap();
        let frame = Frame { kind: 92, payload: vec![1, 2, 3] };
        for number in 0..3 {
            let sealed = seal.seal(&frame).unwrap();
            let mut inside = vec![0; sealed.len()];
            let length = device.read_message(number, &sealed[3..], &mut inside).unwrap();
            assert_eq!(Frame::from_inside(&inside[..length]).unwrap(), frame);
        }
        let mut sealed = vec![0; 64];
        let length = device.write_message(0, &frame.inside().unwrap(), &mut sealed).unwrap();
        sealed.truncate(length);
        let mut changed = sealed.clone();
        changed[5] ^= 1;
        assert!(matches!(opener.open(&changed), Err(NoiseError::Broken)));
        assert_eq!(opener.open(&sealed).unwrap(), frame);
        assert!(matches!(opener.open(&sealed), Err(NoiseError::Broken)), "it was read already");
    }

    #[test]
    fn another_key_is_told_as_such() {
        let (handshake, first) = begin(&KEY).unwrap();
        assert!(device(&EncryptionKey([8; 32]), &first).is_none());
        let refused = [&[1], WRONG_KEY].concat();
        assert!(matches!(handshake.finish(&refused), Err(NoiseError::WrongKey)));
        let (handshake, _) = begin(&KEY).unwrap();
        assert!(matches!(handshake.finish(b"\x01Bad\nindicator byte"), Err(NoiseError::Refused(why))
            if why == "Badindicator byte"));
        assert!(!format!("{KEY:?}").contains('7'), "a key is never shown");
    }

    proptest! {
        #[test]
        fn no_answer_does_harm(hello in prop::collection::vec(any::<u8>(), 0..80),
                               answer in prop::collection::vec(any::<u8>(), 0..400)) {
            let (handshake, _) = begin(&KEY).unwrap();
            let _ = handshake.hello(&hello);
            prop_assert!(handshake.finish(&answer).is_err());
        }
    }
}
