//! `hearthd listen`: lets the running hub hear a file as if someone spoke at its page.

use std::path::Path;
use std::time::Duration;

use anyhow::{Context as _, bail};
use api::auth::local_login::LocalLogin;
use futures::{SinkExt as _, StreamExt as _};
use serde_json::{Value, json};
use tokio_tungstenite::client_async;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::tungstenite::http::HeaderValue;
use tokio_tungstenite::tungstenite::protocol::Message;
use voice::audio;

/// Lets the hub hear a file; prints what it heard and what came of it.
///
/// # Errors
/// If the file is no sound, or the hub can't be reached or can't hear.
pub(crate) async fn listen(data_dir: &Path, file: &Path, area: Option<&str>) -> anyhow::Result<()> {
    let bytes = std::fs::read(file).with_context(|| format!("read `{}`", file.display()))?;
    let samples = audio::from_wav(&bytes).with_context(|| format!("hear `{}`", file.display()))?;
    let login = LocalLogin::read(data_dir)?;
    tokio::time::timeout(LONGEST, talk(login, &samples, area)).await.context("wait for the hub")?
}

async fn talk(login: LocalLogin, samples: &[i16], area: Option<&str>) -> anyhow::Result<()> {
    let mut request = format!("ws://{}/api/v1/audio", login.address).into_client_request()?;
    let authorization = HeaderValue::from_str(&format!("Bearer {}", login.token)).context("send the hub's token")?;
    request.headers_mut().insert("authorization", authorization);
    let stream = tokio::net::TcpStream::connect(login.address).await.context("reach the hub; is it running?")?;
    let (mut socket, _) = client_async(request, stream).await.context("speak to the hub")?;
    let begin = json!({ "type": "begin", "area": area, "conversation": "command-line" });
    socket.send(Message::text(begin.to_string())).await?;
    for piece in samples.chunks(PIECE) {
        socket.send(Message::binary(audio::to_bytes(piece))).await?;
    }
    socket.send(Message::text(json!({ "type": "end" }).to_string())).await?;
    while let Some(message) = socket.next().await {
        let Message::Text(text) = message? else { continue };
        let told: Value = serde_json::from_str(&text).context("read the hub's answer")?;
        let word = |name: &str| told.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
        match word("type").as_str() {
            "heard" if word("text").is_empty() => {
                print("I heard no words.");
                return Ok(());
            }
            "turn" => {
                print(&format!("heard: {}", word("text")));
                print(&word("reply"));
                return Ok(());
            }
            "failed" => bail!("the hub did not hear it: {}", word("said")),
            _ => {}
        }
    }
    bail!("the hub ended the conversation")
}

#[expect(clippy::print_stdout, reason = "this is what the command is for")]
fn print(text: &str) {
    println!("{text}");
}

/// A quarter of a second.
const PIECE: usize = 4000;
/// The longest sound, on the slowest board, and what comes of it.
const LONGEST: Duration = Duration::from_secs(150);
