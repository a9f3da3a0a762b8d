//! The hub as a process of its own: how soon it is there, and what memory it and its engines hold.

use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;

use anyhow::Context as _;
use house::House;
use runtime::clock::Stopwatch;
use tokio::sync::mpsc;

use super::house::{PASSWORD, play};
use super::percentile;
use crate::mqtt::settings::MqttSettings;

/// A hub's and its engine's resident memory in MB, with the house announced by another process, which is this one.
pub(super) async fn memory(house: &House, models: Option<&PathBuf>) -> anyhow::Result<(f64, f64)> {
    let folder = tempfile::tempdir().context("make a folder for the benchmark")?;
    let free = || anyhow::Ok(std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?.port());
    let (broker_port, web_port) = (free()?, free()?);
    let config = folder.path().join("hearth.toml");
    let text = format!(
        "[broker]\nlisten = \"127.0.0.1:{broker_port}\"\n[[broker.users]]\nname = \"bench\"\npassword = \
         \"{PASSWORD}\"\ntrees = [\"virtual/#\"]\n"
    );
    std::fs::write(&config, text)?;
    let mut command = tokio::process::Command::new(std::env::current_exe()?);
    command
        .args(["run", "--config"])
        .arg(&config)
        .arg("--data-dir")
        .arg(folder.path())
        .args(["--web-listen", &format!("127.0.0.1:{web_port}")]);
    if let Some(models) = models {
        command.arg("--models").arg(models);
    }
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).kill_on_drop(true).spawn()?;
    let pid = child.id().context("read the hub's process id")?;
    healthy(web_port).await?;
    let settings = MqttSettings {
        host: "127.0.0.1".to_owned(),
        port: broker_port,
        login: None,
        ca: None,
        client_id: String::new(),
        session_id: None,
        base_topic: "hearth".to_owned(),
    };
    let (seen, _arrivals) = mpsc::channel(16);
    tokio::spawn(play(house.clone(), settings, seen));
    let wanted = format!("hearth_entities {}", house.entities.len() + 1);
    for _ in 0..300 {
        let url = format!("http://127.0.0.1:{web_port}/metrics");
        let metrics = tokio::task::spawn_blocking(move || {
            ureq::get(&url)
                .call()
                .ok()
                .and_then(|mut answer| answer.body_mut().read_to_string().ok())
                .unwrap_or_default()
        })
        .await?;
        if metrics.lines().any(|line| line == wanted) {
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    let figures = (rss_mb(&pid.to_string()).unwrap_or(f64::NAN), engine_rss_mb(pid, "hearth-llm").unwrap_or(f64::NAN));
    child.kill().await?;
    Ok(figures)
}

/// From the start of the program until the page answers, in ms; the median of five.
pub(super) async fn start_to_ready(models: Option<PathBuf>) -> anyhow::Result<f64> {
    let mut times = Vec::new();
    for _ in 0..5 {
        let folder = tempfile::tempdir().context("make a folder for the benchmark")?;
        let port = std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let config = folder.path().join("hearth.toml");
        std::fs::write(&config, "[broker]\nlisten = \"127.0.0.1:0\"\n")?;
        let mut command = tokio::process::Command::new(std::env::current_exe()?);
        command
            .args(["run", "--demo", "--config"])
            .arg(&config)
            .arg("--data-dir")
            .arg(folder.path())
            .args(["--web-listen", &format!("127.0.0.1:{port}")]);
        if let Some(models) = &models {
            command.arg("--models").arg(models);
        }
        let watch = Stopwatch::start();
        let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).kill_on_drop(true).spawn()?;
        healthy(port).await?;
        times.push(watch.ms());
        child.kill().await?;
    }
    Ok(percentile(&times, 0.5))
}

async fn healthy(port: u16) -> anyhow::Result<()> {
    let watch = Stopwatch::start();
    loop {
        let url = format!("http://127.0.0.1:{port}/healthz");
        let is_ready =
            tokio::task::spawn_blocking(move || ureq::get(&url).call().is_ok_and(|answer| answer.status() == 200))
                .await?;
        if is_ready {
            return Ok(());
        }
        anyhow::ensure!(watch.elapsed() < Duration::from_secs(30), "the hub was not ready in 30 s");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

fn rss_mb(process: &str) -> Option<f64> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = status.lines().find(|line| line.starts_with("VmRSS:"))?;
    line.split_whitespace().nth(1)?.parse::<f64>().ok().map(|kb| kb / 1024.0)
}

/// The resident memory of a process's engine of that name, in MB; none if it has none.
pub(super) fn engine_rss_mb(hub: u32, engine: &str) -> Option<f64> {
    let own = hub.to_string();
    let processes = std::fs::read_dir("/proc").ok()?.flatten().filter_map(|entry| entry.file_name().into_string().ok());
    processes
        .filter(|process| process.chars().all(|letter| letter.is_ascii_digit()))
        .find(|process| {
            let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
            stat.contains(&format!("({engine})"))
                && stat.rsplit(')').next().and_then(|rest| rest.split_whitespace().nth(1)) == Some(own.as_str())
        })
        .and_then(|process| rss_mb(&process))
}
