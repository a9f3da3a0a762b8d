//! `hearthd say` and `hearthd token`: talks to the running hub with the login it leaves in its data folder.

use std::path::Path;
use std::time::Duration;

use anyhow::{Context as _, bail};
use serde_json::{Value, json};

use api::auth::local_login::LocalLogin;

/// Says something to the running hub and prints its reply.
pub(crate) async fn say(data_dir: &Path, text: &str, area: Option<&str>) -> anyhow::Result<()> {
    let login = LocalLogin::read(data_dir)?;
    let body = json!({ "text": text, "area": area, "conversation": "command-line" });
    let answer = post(login, "requests", body).await?;
    print(answer.get("reply").and_then(Value::as_str).unwrap_or_default());
    Ok(())
}

/// Makes a token and prints it.
pub(crate) async fn create_token(data_dir: &Path, name: &str) -> anyhow::Result<()> {
    let login = LocalLogin::read(data_dir)?;
    let answer = post(login, "tokens", json!({ "name": name })).await?;
    match answer.get("token").and_then(Value::as_str) {
        Some(token) => print(token),
        None => bail!("the hub gave no token"),
    }
    Ok(())
}

async fn post(login: LocalLogin, path: &str, body: Value) -> anyhow::Result<Value> {
    let answer = call(login, path, Some(body)).await?;
    serde_json::from_str(&answer).context("read what the hub answers")
}

/// What the running hub has there, as text.
pub(crate) async fn get(login: LocalLogin, path: &str) -> anyhow::Result<String> {
    call(login, path, None).await
}

async fn call(login: LocalLogin, path: &str, body: Option<Value>) -> anyhow::Result<String> {
    let url = format!("http://{}/api/v1/{path}", login.address);
    let answer = tokio::task::spawn_blocking(move || {
        let agent =
            ureq::Agent::config_builder().timeout_global(Some(LONGEST)).http_status_as_error(false).build().new_agent();
        let token = format!("Bearer {}", login.token);
        let mut response = match body {
            Some(body) => agent.post(&url).header("authorization", token).send_json(&body)?,
            None => agent.get(&url).header("authorization", token).call()?,
        };
        let status = response.status();
        let answer = response.body_mut().with_config().limit(MOST_BYTES).read_to_string()?;
        Ok::<_, ureq::Error>((status, answer))
    });
    let (status, answer) = answer.await?.context("reach the hub; is it running?")?;
    if status.is_success() {
        return Ok(answer);
    }
    let said: Value = serde_json::from_str(&answer).unwrap_or_default();
    bail!("the hub refused: {}", said.get("said").and_then(Value::as_str).unwrap_or("no reason given"))
}

#[expect(clippy::print_stdout, reason = "this is what the command is for")]
fn print(text: &str) {
    println!("{text}");
}

const LONGEST: Duration = Duration::from_secs(90);
/// A large house with all its attributes is smaller.
const MOST_BYTES: u64 = 256 << 20;
