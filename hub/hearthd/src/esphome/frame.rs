//! The frames of ESPHome's native API as bytes: plain ones, and the packets that carry encrypted ones. No socket here.
//!
//! A plain frame is a zero, the payload's length and its type, both as numbers of seven bits a byte, and the payload.
//! A packet is a one, a length of two bytes, and as much; a message inside an encrypted one has two bytes of type and
//! two of length before its payload.

/// A message as it travels.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Frame {
    /// Which message it is.
    pub(super) kind: u32,
    /// The message.
    pub(super) payload: Vec<u8>,
}

/// Why bytes are no frames.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum FrameError {
    /// It does not encrypt, and an encryption key is configured.
    #[error("it speaks plain text; take away its `encryption_key`, or turn encryption on there")]
    Plain,
    /// It encrypts, and no encryption key is configured.
    #[error("it wants encryption; `encryption_key` is its key, as it stands in its configuration or Home Assistant's")]
    Encrypted,
    /// It is another protocol.
    #[error("it sent no frame of ESPHome's native API, but something that begins with byte `{0}`")]
    Preamble(u8),
    /// It is longer than any message that is wanted here.
    #[error("it sent a message of more than `{MAX_PAYLOAD}` bytes")]
    TooLong,
    /// An encrypted message is too short to have a type.
    #[error("it sent an encrypted message of `{0}` bytes, which is too short")]
    TooShort(usize),
}

/// Bytes that arrived and are no whole frame yet.
#[derive(Debug, Default)]
pub(super) struct Inbox(Vec<u8>);

impl Inbox {
    /// Takes what arrived.
    pub(super) fn add(&mut self, bytes: &[u8]) {
        self.0.extend_from_slice(bytes);
    }

    /// The next plain frame, if it is whole.
    pub(super) fn frame(&mut self) -> Result<Option<Frame>, FrameError> {
        match self.0.first() {
            None => return Ok(None),
            Some(&PLAIN) => {}
            Some(&ENCRYPTED) => return Err(FrameError::Encrypted),
            Some(other) => return Err(FrameError::Preamble(*other)),
        }
        let mut at = 1;
        let Some(length) = number(&self.0, &mut at)? else { return Ok(None) };
        let Some(kind) = number(&self.0, &mut at)? else { return Ok(None) };
        let length = usize::try_from(length).unwrap_or(usize::MAX);
        if MAX_PAYLOAD < length {
            return Err(FrameError::TooLong);
        }
        Ok(self.cut(at, length).map(|payload| Frame { kind, payload }))
    }

    /// The next packet, if it is whole.
    pub(super) fn packet(&mut self) -> Result<Option<Vec<u8>>, FrameError> {
        match self.0.first() {
            None => return Ok(None),
            Some(&ENCRYPTED) => {}
            Some(&PLAIN) => return Err(FrameError::Plain),
            Some(other) => return Err(FrameError::Preamble(*other)),
        }
        let Some([high, low]) = self.0.get(1..3) else { return Ok(None) };
        let length = usize::from(u16::from_be_bytes([*high, *low]));
        Ok(self.cut(3, length))
    }

    /// So many bytes from there on, if they are here; they and what is before them are gone then.
    fn cut(&mut self, at: usize, length: usize) -> Option<Vec<u8>> {
        let bytes = self.0.get(at..at + length)?.to_vec();
        self.0.drain(..at + length);
        Some(bytes)
    }
}

impl Frame {
    /// As bytes of a plain frame.
    pub(super) fn plain(&self) -> Vec<u8> {
        let mut bytes = vec![PLAIN];
        put_number(self.payload.len(), &mut bytes);
        put_number(self.kind as usize, &mut bytes);
        bytes.extend_from_slice(&self.payload);
        bytes
    }

    /// As it stands inside an encrypted packet.
    pub(super) fn inside(&self) -> Result<Vec<u8>, FrameError> {
        let number = |number: usize| u16::try_from(number).map_err(|_| FrameError::TooLong);
        let mut bytes = number(self.kind as usize)?.to_be_bytes().to_vec();
        bytes.extend_from_slice(&number(self.payload.len())?.to_be_bytes());
        bytes.extend_from_slice(&self.payload);
        Ok(bytes)
    }

    /// What stands inside an encrypted packet. The length there is not believed.
    pub(super) fn from_inside(bytes: &[u8]) -> Result<Self, FrameError> {
        match bytes {
            [high, low, _, _, payload @ ..] => {
                Ok(Self { kind: u32::from(u16::from_be_bytes([*high, *low])), payload: payload.to_vec() })
            }
            _ => Err(FrameError::TooShort(bytes.len())),
        }
    }
}

/// Bytes as a packet.
pub(super) fn packet(bytes: &[u8]) -> Result<Vec<u8>, FrameError> {
    let length = u16::try_from(bytes.len()).map_err(|_| FrameError::TooLong)?;
    let mut packet = vec![ENCRYPTED];
    packet.extend_from_slice(&length.to_be_bytes());
    packet.extend_from_slice(bytes);
    Ok(packet)
}

/// A number of seven bits a byte, least significant first; none if its end is not here yet.
fn number(bytes: &[u8], at: &mut usize) -> Result<Option<u32>, FrameError> {
    let mut number = 0;
    for (count, byte) in bytes.iter().skip(*at).enumerate() {
        if count == MAX_NUMBER {
            return Err(FrameError::TooLong);
        }
        number |= u32::from(byte & 0x7f) << (7 * count);
        if byte & 0x80 == 0 {
            *at += count + 1;
            return Ok(Some(number));
        }
    }
    Ok(None)
}

fn put_number(mut number: usize, bytes: &mut Vec<u8>) {
    while 0x80 <= number {
        bytes.push(number as u8 | 0x80);
        number >>= 7;
    }
    bytes.push(number as u8);
}

const PLAIN: u8 = 0;
const ENCRYPTED: u8 = 1;
/// As much as fits into an encrypted packet, and more than a voice satellite has to say.
const MAX_PAYLOAD: usize = 65_535;
/// Bytes of a number: enough for any length and type there is.
const MAX_NUMBER: usize = 4;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// All that comes of bytes that arrive in pieces.
    fn read(pieces: &[&[u8]]) -> Result<Vec<Frame>, FrameError> {
        let (mut inbox, mut frames) = (Inbox::default(), Vec::new());
        for piece in pieces {
            inbox.add(piece);
            while let Some(frame) = inbox.frame()? {
                frames.push(frame);
            }
        }
        Ok(frames)
    }

    fn frames() -> impl Strategy<Value = Vec<Frame>> {
        let frame = (0_u32..65_536, prop::collection::vec(any::<u8>(), 0..400));
        prop::collection::vec(frame.prop_map(|(kind, payload)| Frame { kind, payload }), 0..6)
    }

    #[test]
    fn frames_of_the_other_form_and_of_no_form_are_told_apart() {
        assert_eq!(read(&[&[0, 0, 7]]), Ok(vec![Frame { kind: 7, payload: Vec::new() }]));
        assert_eq!(read(&[&[1, 0, 7]]), Err(FrameError::Encrypted));
        assert_eq!(read(&[b"HTTP/1.1 400"]), Err(FrameError::Preamble(b'H')));
        assert_eq!(read(&[&[0, 0x80, 0x80, 4, 7]]), Err(FrameError::TooLong), "65,536 bytes");
        assert_eq!(read(&[&[0, 0xff, 0xff, 0xff, 0xff, 1]]), Err(FrameError::TooLong), "a number without end");
        let mut inbox = Inbox::default();
        inbox.add(&[0, 0, 7]);
        assert_eq!(inbox.packet(), Err(FrameError::Plain));
        assert_eq!(Frame::from_inside(&[0, 7, 0]), Err(FrameError::TooShort(3)));
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_back_in_whatever_pieces_it_arrives(frames in frames(), piece in 1_usize..97) {
            let plain: Vec<u8> = frames.iter().flat_map(Frame::plain).collect();
            prop_assert_eq!(read(&plain.chunks(piece).collect::<Vec<_>>()).unwrap(), frames.clone());
            let inside: Vec<Vec<u8>> = frames.iter().map(|frame| frame.inside().unwrap()).collect();
            let mut inbox = Inbox::default();
            inside.iter().for_each(|bytes| inbox.add(&packet(bytes).unwrap()));
            for frame in frames {
                let bytes = inbox.packet().unwrap().unwrap();
                prop_assert_eq!(Frame::from_inside(&bytes).unwrap(), frame);
            }
            prop_assert_eq!(inbox.packet().unwrap(), None);
        }

        #[test]
        fn no_bytes_do_harm(bytes in prop::collection::vec(any::<u8>(), 0..600), first in 0_u8..3) {
            let bytes = [vec![first], bytes].concat();
            let _ = read(&[&bytes]);
            let mut inbox = Inbox::default();
            inbox.add(&bytes);
            while let Ok(Some(packet)) = inbox.packet() {
                let _ = Frame::from_inside(&packet);
            }
        }
    }
}
