//! What a server of a test needs of HTTP.

use std::io::{BufRead as _, BufReader};
use std::net::TcpStream;

/// The path of a request, and where its answer shall begin.
pub(crate) fn head(stream: &TcpStream) -> std::io::Result<(String, usize)> {
    let mut reader = BufReader::new(stream);
    let mut line = String::new();
    reader.read_line(&mut line)?;
    let path = line.split(' ').nth(1).unwrap_or_default().trim_start_matches('/').to_owned();
    let mut from = 0;
    loop {
        line.clear();
        if reader.read_line(&mut line)? <= 2 {
            return Ok((path, from));
        }
        if let Some(range) = line.to_ascii_lowercase().strip_prefix("range: bytes=") {
            from = range.trim().trim_end_matches('-').parse().unwrap();
        }
    }
}
