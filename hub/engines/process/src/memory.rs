//! How much memory this process has and may have.

use anyhow::Context;

/// Limits what this process may allocate. Files that are mapped read-only are not counted.
///
/// # Errors
/// If the system refuses.
#[expect(unsafe_code, reason = "the standard library cannot set resource limits")]
pub fn limit(limit_mb: u64) -> anyhow::Result<()> {
    let bytes = limit_mb.saturating_mul(1 << 20);
    let limit = libc::rlimit { rlim_cur: bytes, rlim_max: bytes };
    // SAFETY: `limit` is a valid `rlimit` that outlives the call, which only reads it.
    let result = unsafe { libc::setrlimit(libc::RLIMIT_DATA, &raw const limit) };
    match result {
        0 => Ok(()),
        _ => Err(std::io::Error::last_os_error()).context("limit memory"),
    }
}

/// Memory resident now; 0 where the system does not say.
pub fn rss_kb() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    line.and_then(|rest| rest.split_whitespace().next()?.parse().ok()).unwrap_or(0)
}
