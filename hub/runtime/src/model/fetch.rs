//! Fetches a file over HTTP into a part that grows: what breaks off goes on where it stopped.
//!
//! Does not look at what the bytes are; whoever asked for them knows their hash.

use std::io::{Read, Write as _};
use std::path::Path;
use std::time::Duration;

use anyhow::{Context as _, bail, ensure};
use indicatif::{ProgressBar, ProgressStyle};
use ureq::Agent;
use ureq::http::{Response, StatusCode, header};

/// Fetches an address into `part`, of which an earlier attempt may have left a beginning, under a bar of that title.
///
/// # Errors
/// If the server refuses, breaks off for good or has more than that; what came before it broke off is kept.
pub fn fetch(url: &str, part: &Path, most_bytes: u64, title: &str) -> anyhow::Result<()> {
    let bar = ProgressBar::new(most_bytes).with_style(style()).with_message(title.to_owned());
    fetch_under(&bar, url, part, most_bytes)?;
    bar.finish();
    Ok(())
}

fn fetch_under(bar: &ProgressBar, url: &str, part: &Path, most_bytes: u64) -> anyhow::Result<()> {
    let agent = agent();
    let mut may_start_over = true;
    loop {
        let had = size(part)?;
        let broken = match attempt(&agent, url, part, most_bytes, bar)? {
            End::Whole => return Ok(()),
            End::StartOver if may_start_over => {
                may_start_over = false;
                std::fs::remove_file(part).with_context(|| format!("remove `{}`", part.display()))?;
                continue;
            }
            End::StartOver => bail!("`{url}` gives neither the rest nor the whole"),
            End::Broken(reason) => reason,
        };
        // As long as each attempt brings something, the end comes nearer; no pause is needed.
        if size(part)? <= had {
            bail!("`{url}` broke off: {broken}; what is here is kept, and the same command goes on from it");
        }
    }
}

/// A short text over HTTP, such as a manifest.
///
/// # Errors
/// If the server refuses or has more than that.
pub fn text(url: &str, most_bytes: u64) -> anyhow::Result<String> {
    let mut response = agent().get(url).call().with_context(|| format!("fetch `{url}`"))?;
    check_status(url, &response)?;
    response.body_mut().with_config().limit(most_bytes).read_to_string().with_context(|| format!("fetch `{url}`"))
}

/// How an attempt ended.
enum End {
    Whole,
    /// The server does not have what was asked for, because the part here is none of its file.
    StartOver,
    Broken(String),
}

fn attempt(agent: &Agent, url: &str, part: &Path, most_bytes: u64, bar: &ProgressBar) -> anyhow::Result<End> {
    let had = size(part)?;
    let mut request = agent.get(url);
    if 0 < had {
        request = request.header(header::RANGE, format!("bytes={had}-"));
    }
    let mut response = match request.call() {
        Ok(response) => response,
        // A connection that ends before the answer is like one that ends in it.
        Err(error @ (ureq::Error::Io(_) | ureq::Error::Timeout(_))) => return Ok(End::Broken(error.to_string())),
        Err(error) => return Err(error).with_context(|| format!("fetch `{url}`")),
    };
    if 0 < had && response.status() == StatusCode::RANGE_NOT_SATISFIABLE {
        return Ok(End::StartOver);
    }
    check_status(url, &response)?;
    let from = match response.status() == StatusCode::PARTIAL_CONTENT {
        true => match range(&response) {
            Some(Range { from, .. }) if from == had => had,
            _ => return Ok(End::StartOver),
        },
        // The whole file, although the rest was asked for.
        false => 0,
    };
    let whole = whole_size(&response, from);
    ensure!(
        whole.unwrap_or(from) <= most_bytes,
        "`{url}` has {} bytes and at most {most_bytes} are taken",
        whole.unwrap_or(from)
    );
    bar.set_length(whole.unwrap_or(most_bytes));
    bar.set_position(from);
    let end =
        copy(response.body_mut().as_reader(), part, from, most_bytes, bar).with_context(|| format!("fetch `{url}`"))?;
    let now = size(part)?;
    Ok(match (end, whole) {
        (End::Whole, Some(whole)) if now < whole => End::Broken(format!("{now} of {whole} bytes came")),
        (end, _) => end,
    })
}

fn copy(mut from: impl Read, part: &Path, start: u64, most_bytes: u64, bar: &ProgressBar) -> anyhow::Result<End> {
    let mut file = std::fs::OpenOptions::new()
        .create(true)
        .append(true)
        .open(part)
        .with_context(|| format!("write `{}`", part.display()))?;
    file.set_len(start).with_context(|| format!("write `{}`", part.display()))?;
    let mut buffer = vec![0; 1 << 16];
    let mut position = start;
    loop {
        let read = match from.read(&mut buffer) {
            Ok(0) => break,
            Ok(read) => read,
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => continue,
            Err(error) => return Ok(End::Broken(error.to_string())),
        };
        position += read as u64;
        if most_bytes < position {
            std::fs::remove_file(part).with_context(|| format!("remove `{}`", part.display()))?;
            bail!("more than the {most_bytes} bytes that are taken came");
        }
        file.write_all(buffer.get(..read).unwrap_or_default())
            .with_context(|| format!("write `{}`", part.display()))?;
        bar.set_position(position);
    }
    file.sync_all().with_context(|| format!("write `{}`", part.display()))?;
    Ok(End::Whole)
}

fn agent() -> Agent {
    Agent::config_builder()
        .timeout_connect(Some(READ_TIMEOUT))
        .timeout_recv_response(Some(READ_TIMEOUT))
        .timeout_per_read(Some(READ_TIMEOUT))
        .http_status_as_error(false)
        // The bytes themselves are wanted, because their hash is known.
        .accept_encoding("identity")
        .build()
        .new_agent()
}

fn check_status<T>(url: &str, response: &Response<T>) -> anyhow::Result<()> {
    let status = response.status();
    ensure!(matches!(status, StatusCode::OK | StatusCode::PARTIAL_CONTENT), "`{url}` answers {status}");
    Ok(())
}

/// `Content-Range: bytes FROM-TO/WHOLE`.
struct Range {
    from: u64,
    whole: Option<u64>,
}

fn range<T>(response: &Response<T>) -> Option<Range> {
    let text = response.headers().get(header::CONTENT_RANGE)?.to_str().ok()?;
    let (span, whole) = text.strip_prefix("bytes ")?.split_once('/')?;
    Some(Range { from: span.split_once('-')?.0.parse().ok()?, whole: whole.parse().ok() })
}

fn whole_size<T>(response: &Response<T>, from: u64) -> Option<u64> {
    let length = || response.headers().get(header::CONTENT_LENGTH)?.to_str().ok()?.parse::<u64>().ok();
    range(response).and_then(|range| range.whole).or_else(|| length().and_then(|length| length.checked_add(from)))
}

fn size(path: &Path) -> anyhow::Result<u64> {
    match std::fs::metadata(path) {
        Ok(file) => Ok(file.len()),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(0),
        Err(error) => Err(error).with_context(|| format!("read `{}`", path.display())),
    }
}

fn style() -> ProgressStyle {
    // The template is fixed, and a bar without it is a bar all the same.
    ProgressStyle::with_template("{msg} {wide_bar} {bytes} of {total_bytes}, {bytes_per_sec}, {eta} left")
        .unwrap_or_else(|_| ProgressStyle::default_bar())
}

/// A server that is silent for so long has broken off.
const READ_TIMEOUT: Duration = Duration::from_secs(30);
