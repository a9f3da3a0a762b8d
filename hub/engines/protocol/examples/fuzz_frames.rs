//! Reads frames that were bent at random, for as long as asked: `cargo run --release -p engine-protocol --example
//! fuzz_frames -- COUNT SEED`.
//!
//! A panic ends it. Whatever is read whole must be written again as the same bytes, and read as the same frame.
#![allow(clippy::print_stdout, reason = "a test, not a part of the hub")]

use engine_protocol::{Automaton, Frame, FrameError, Piece, Reply, Request, encode_frame, read_frame};

fn main() -> Result<(), FrameError> {
    let mut numbers = std::env::args().skip(1).filter_map(|text| text.parse().ok());
    let (count, seed) = (numbers.next().unwrap_or(100_000), numbers.next().unwrap_or(1));
    let mut random = Random(seed);
    let seeds = seeds()?;
    let (mut whole, mut refused) = (0_u64, 0_u64);
    for _ in 0..count {
        let mut bytes = seeds.get(random.below(seeds.len())).cloned().unwrap_or_default();
        random.bend(&mut bytes);
        let mut stream = bytes.as_slice();
        loop {
            match read_frame::<Request>(&mut stream) {
                Ok(None) => break,
                Ok(Some(frame)) => {
                    whole += 1;
                    assert_eq!(again(&frame)?, Some(frame), "seed {seed}");
                }
                // The next frame can be read.
                Err(FrameError::Malformed(_)) => refused += 1,
                Err(_) => {
                    refused += 1;
                    break;
                }
            }
        }
        let _ = read_frame::<Reply>(&mut bytes.as_slice());
    }
    println!("{count} streams: {whole} frames read, {refused} refused");
    Ok(())
}

fn again(frame: &Frame<Request>) -> Result<Option<Frame<Request>>, FrameError> {
    read_frame(&mut encode_frame(&frame.message, &frame.payload)?.as_slice())
}

/// What is bent: streams of one frame and of two.
fn seeds() -> Result<Vec<Vec<u8>>, FrameError> {
    let mut automaton = Automaton::default();
    let start = automaton.state(true);
    let set = automaton.set(["HassTurnOn", "end"]);
    automaton.edge(start, set, start);
    let pieces = vec![Piece::Special("begin".to_owned()), Piece::Text(" 灯".to_owned())];
    let run = encode_frame(&Request::Run { id: 7, pieces, automaton, max_tokens: 48, deadline_ms: 900 }, &[])?;
    let ping = encode_frame(&Request::Ping, &[0; 320])?;
    Ok(vec![[run.clone(), ping.clone()].concat(), [ping.clone(), run].concat(), ping])
}

/// Numbers that are the same for the same seed (splitmix64).
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, end: usize) -> usize {
        let end = u64::try_from(end).unwrap_or(u64::MAX).max(1);
        usize::try_from(self.next() % end).unwrap_or(0)
    }

    /// Changes, cuts, doubles or adds some bytes; or leaves all as it is.
    fn bend(&mut self, bytes: &mut Vec<u8>) {
        for _ in 0..self.below(4) {
            let at = self.below(bytes.len());
            match self.below(4) {
                0 => bytes.truncate(at),
                1 => bytes.insert(at.min(bytes.len()), self.next().to_le_bytes()[0]),
                2 => bytes.extend_from_within(at.min(bytes.len())..),
                _ => {
                    if let Some(byte) = bytes.get_mut(at) {
                        *byte ^= 1_u8 << self.below(8);
                    }
                }
            }
        }
    }
}
