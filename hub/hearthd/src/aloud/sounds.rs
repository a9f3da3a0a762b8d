//! The hub's own sounds, made of tones at any rate: done, ringing, danger.

use std::f64::consts::TAU;

use voice::audio::narrow;

/// Done as asked.
pub(super) fn done(rate_hz: u32) -> Vec<i16> {
    tones(rate_hz, &[(660.0, 0.09), (880.0, 0.16)])
}

/// Something rings.
pub(super) fn ring(rate_hz: u32) -> Vec<i16> {
    tones(rate_hz, &[(880.0, 0.18), (0.0, 0.07), (880.0, 0.18), (0.0, 0.07), (1175.0, 0.3), (0.0, 0.2)])
}

/// Someone tells everyone something.
pub(super) fn attention(rate_hz: u32) -> Vec<i16> {
    tones(rate_hz, &[(523.0, 0.2), (659.0, 0.3), (0.0, 0.15)])
}

/// Danger.
pub(super) fn danger(rate_hz: u32) -> Vec<i16> {
    let wail = [(950.0, 0.25), (700.0, 0.25)];
    tones(rate_hz, &[wail, wail, wail, wail].concat())
}

/// Tones one after the other, each of a pitch in hertz (none: silence) and a length in seconds; soft at both ends.
fn tones(rate_hz: u32, notes: &[(f64, f64)]) -> Vec<i16> {
    let rate = f64::from(rate_hz);
    let tone = |(pitch, seconds): &(f64, f64)| {
        let (pitch, count) = (*pitch, (seconds * rate) as u32);
        (0..count).map(move |at| {
            let (at, left) = (f64::from(at) / rate, f64::from(count - at) / rate);
            let edge = (at.min(left) / EDGE_S).min(1.0);
            narrow(((at * pitch * TAU).sin() * LOUDNESS * edge) as f32)
        })
    };
    notes.iter().flat_map(tone).collect()
}

/// That of espeak-ng.
pub(super) const USUAL_RATE_HZ: u32 = 22_050;
const LOUDNESS: f64 = 0.6;
const EDGE_S: f64 = 0.01;
