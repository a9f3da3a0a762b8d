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
    let url = format!("http://{}/api/v1/{path}", login.address);
    let answer = tokio::task::spawn_blocking(move || {
        let agent =
            ureq::Agent::config_builder().timeout_global(Some(LONGEST)).http_status_as_error(false).build().new_agent();
        let mut response =
            agent.post(&url).header("authorization", format!("Bearer {}", login.token)).send_json(&body)?;
        let status = response.status();
        let answer: Value = response.body_mut().read_json()?;
        Ok::<_, ureq::Error>((status, answer))
    });
    let (status, answer) = answer.await?.context("reach the hub; is it running?")?;
    match status.is_success() {
        true => Ok(answer),
        false => bail!("the hub refused: {}", answer.get("said").and_then(Value::as_str).unwrap_or("no reason given")),
    }
}

#[expect(clippy::print_stdout, reason = "this is what the command is for")]
fn print(text: &str) {
    println!("{text}");
}

const LONGEST: Duration = Duration::from_secs(90);
