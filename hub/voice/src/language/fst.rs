//! A weighted transducer in OpenFst's `const` form, which Vosk's language models are kept in.
//!
//! Format: `fst/const-fst.h` and `fst/fst.cc` of OpenFst 1.8: a header, then states of twenty bytes, then arcs of
//! sixteen, all least significant byte first. Weights are costs; infinite is never.

use std::io::{self, Write};

/// A transducer whose states are numbered from 0.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Fst {
    /// Where it begins.
    pub(crate) start: u32,
    /// Its states.
    pub(crate) states: Vec<State>,
}

/// A state.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct State {
    /// What it costs to end here.
    pub(crate) end: f32,
    /// What leads on.
    pub(crate) arcs: Vec<Arc>,
}

/// What leads from a state to another.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Arc {
    /// What is read.
    pub(crate) input: i32,
    /// What is written; 0 is nothing.
    pub(crate) output: i32,
    /// What it costs.
    pub(crate) cost: f32,
    /// To which state.
    pub(crate) to: u32,
}

/// Why bytes are no transducer.
#[derive(Debug, thiserror::Error, PartialEq)]
pub(crate) enum FstError {
    /// The header is another one.
    #[error("the language model is no transducer of the kind `const`, `standard`: {0}")]
    Kind(&'static str),
    /// The counts in the header do not go with the bytes.
    #[error("the language model is cut off or damaged")]
    Damaged,
    /// An arc leads to no state.
    #[error("an arc of the language model leads nowhere")]
    Nowhere,
}

impl Default for State {
    fn default() -> Self {
        Self { end: f32::INFINITY, arcs: Vec::new() }
    }
}

impl Fst {
    /// Reads a transducer.
    ///
    /// # Errors
    /// If it is of another kind, is damaged, or leads nowhere.
    pub(crate) fn read(bytes: &[u8]) -> Result<Self, FstError> {
        let mut bytes = Bytes(bytes);
        let header = header(&mut bytes)?;
        let states_bytes = bytes.take(header.states.checked_mul(STATE_BYTES).ok_or(FstError::Damaged)?)?;
        let arcs_bytes = bytes.take(header.arcs.checked_mul(ARC_BYTES).ok_or(FstError::Damaged)?)?;
        let mut arcs = Bytes(arcs_bytes);
        let mut states = Vec::with_capacity(header.states);
        let mut each = Bytes(states_bytes);
        for _ in 0..header.states {
            let (end, _position, count) = (each.f32()?, each.u32()?, each.u32()?);
            let _epsilons = (each.u32()?, each.u32()?);
            // The arcs of the states stand one after the other.
            let arcs = (0..count).map(|_| arc(&mut arcs)).collect::<Result<Vec<_>, _>>()?;
            states.push(State { end, arcs });
        }
        let fst = Self { start: header.start, states };
        fst.is_whole().then_some(fst).ok_or(FstError::Nowhere)
    }

    /// Writes it, with the arcs of each state by what they read.
    ///
    /// # Errors
    /// If the stream does not take it.
    pub(crate) fn write(mut self, out: &mut impl Write) -> io::Result<()> {
        for state in &mut self.states {
            state.arcs.sort_by_key(|arc| (arc.input, arc.output, arc.to));
        }
        let arcs: usize = self.states.iter().map(|state| state.arcs.len()).sum();
        out.write_all(&MAGIC.to_le_bytes())?;
        for text in [KIND, ARC_KIND] {
            out.write_all(&(text.len() as u32).to_le_bytes())?;
            out.write_all(text.as_bytes())?;
        }
        out.write_all(&VERSION.to_le_bytes())?;
        out.write_all(&0_u32.to_le_bytes())?;
        out.write_all(&PROPERTIES.to_le_bytes())?;
        for number in [u64::from(self.start), self.states.len() as u64, arcs as u64] {
            out.write_all(&number.to_le_bytes())?;
        }
        let mut position = 0_u32;
        for state in &self.states {
            let silent = |label: fn(&Arc) -> i32| state.arcs.iter().filter(|arc| label(arc) == 0).count() as u32;
            let count = state.arcs.len() as u32;
            out.write_all(&state.end.to_le_bytes())?;
            for number in [position, count, silent(|arc| arc.input), silent(|arc| arc.output)] {
                out.write_all(&number.to_le_bytes())?;
            }
            position += count;
        }
        for arc in self.states.iter().flat_map(|state| &state.arcs) {
            out.write_all(&arc.input.to_le_bytes())?;
            out.write_all(&arc.output.to_le_bytes())?;
            out.write_all(&arc.cost.to_le_bytes())?;
            out.write_all(&arc.to.to_le_bytes())?;
        }
        Ok(())
    }

    fn is_whole(&self) -> bool {
        let is_state = |state: u32| (state as usize) < self.states.len();
        is_state(self.start) && self.states.iter().flat_map(|state| &state.arcs).all(|arc| is_state(arc.to))
    }
}

struct Header {
    start: u32,
    states: usize,
    arcs: usize,
}

fn header(bytes: &mut Bytes<'_>) -> Result<Header, FstError> {
    if bytes.u32()? != MAGIC {
        return Err(FstError::Kind("it does not begin like one"));
    }
    if bytes.text()? != KIND.as_bytes() || bytes.text()? != ARC_KIND.as_bytes() {
        return Err(FstError::Kind("it is of another kind"));
    }
    let (version, flags) = (bytes.u32()?, bytes.u32()?);
    if version != VERSION || flags != 0 {
        return Err(FstError::Kind("it has symbols or is aligned"));
    }
    let _properties = bytes.u64()?;
    let number = |bytes: &mut Bytes<'_>| bytes.u64().and_then(|at| usize::try_from(at).map_err(|_| FstError::Damaged));
    let (start, states, arcs) = (number(bytes)?, number(bytes)?, number(bytes)?);
    if MAX_STATES < states {
        return Err(FstError::Damaged);
    }
    Ok(Header { start: u32::try_from(start).map_err(|_| FstError::Damaged)?, states, arcs })
}

fn arc(bytes: &mut Bytes<'_>) -> Result<Arc, FstError> {
    let label = |bytes: &mut Bytes<'_>| bytes.u32().map(u32::cast_signed);
    Ok(Arc { input: label(bytes)?, output: label(bytes)?, cost: bytes.f32()?, to: bytes.u32()? })
}

/// Bytes that are read from their front.
struct Bytes<'b>(&'b [u8]);

impl<'b> Bytes<'b> {
    fn take(&mut self, count: usize) -> Result<&'b [u8], FstError> {
        let (taken, rest) = self.0.split_at_checked(count).ok_or(FstError::Damaged)?;
        self.0 = rest;
        Ok(taken)
    }

    fn array<const COUNT: usize>(&mut self) -> Result<[u8; COUNT], FstError> {
        self.take(COUNT)?.try_into().map_err(|_| FstError::Damaged)
    }

    fn u32(&mut self) -> Result<u32, FstError> {
        self.array().map(u32::from_le_bytes)
    }

    fn u64(&mut self) -> Result<u64, FstError> {
        self.array().map(u64::from_le_bytes)
    }

    fn f32(&mut self) -> Result<f32, FstError> {
        self.array().map(f32::from_le_bytes)
    }

    fn text(&mut self) -> Result<&'b [u8], FstError> {
        let length = self.u32()? as usize;
        self.take(length)
    }
}

const MAGIC: u32 = 2_125_659_606;
const KIND: &str = "const";
const ARC_KIND: &str = "standard";
const VERSION: u32 = 2;
/// What is true of every language model here, in OpenFst's bits: expanded, no acceptor, deterministic neither way,
/// nothing read is empty but something written is, sorted by what is read, weighted, with circles.
const PROPERTIES: u64 = (0x65a5_9696_0001 & !0x14_0000) | 0x28_0000;
const STATE_BYTES: usize = 20;
const ARC_BYTES: usize = 16;
/// More than the largest of the official models has.
const MAX_STATES: usize = 100_000_000;

#[cfg(test)]
mod tests {
    use super::*;

    fn small() -> Fst {
        let arc = |input, output, cost, to| Arc { input, output, cost, to };
        Fst {
            start: 1,
            states: vec![
                State { end: 0.5, arcs: vec![arc(3, 3, 1.5, 0), arc(9, 0, 0.25, 1)] },
                State { end: f32::INFINITY, arcs: vec![arc(2, 7, 0.0, 0)] },
            ],
        }
    }

    fn written(fst: Fst) -> Vec<u8> {
        let mut bytes = Vec::new();
        fst.write(&mut bytes).unwrap();
        bytes
    }

    #[test]
    fn what_is_written_is_read() {
        assert_eq!(Fst::read(&written(small())), Ok(small()));
    }

    #[test]
    fn no_cut_and_no_flipped_byte_makes_more_than_an_error() {
        let bytes = written(small());
        for end in 0..bytes.len() {
            assert!(Fst::read(&bytes[..end]).is_err(), "{end}");
        }
        for at in 0..bytes.len() {
            let mut flipped = bytes.clone();
            flipped[at] ^= 0xff;
            let _ = Fst::read(&flipped);
        }
        let nowhere = Fst { start: 7, ..small() };
        assert_eq!(Fst::read(&written(nowhere)), Err(FstError::Nowhere));
    }
}
