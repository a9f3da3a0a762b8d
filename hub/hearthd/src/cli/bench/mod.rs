//! `hearthd bench`: measures the hub on real parts, and prints tables.

mod house;
mod process;
mod text;
mod voice;

pub(crate) use text::run as text;
pub(crate) use voice::run as voice;

fn percentile(times: &[f64], part: f64) -> f64 {
    let mut sorted = times.to_vec();
    sorted.sort_by(f64::total_cmp);
    let index = (sorted.len() as f64 * part) as usize;
    sorted.get(index.min(sorted.len().saturating_sub(1))).copied().unwrap_or(f64::NAN)
}

#[expect(clippy::print_stdout, reason = "this is what the command is for")]
fn print(text: &str) {
    println!("{text}");
}
