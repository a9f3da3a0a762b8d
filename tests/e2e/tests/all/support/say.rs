//! Requests over MQTT, as a person's own scripts make them: with Mosquitto's command-line clients.

use std::process::{Command, Stdio};
use std::time::Duration;

use serde_json::Value;

use super::{LONG, output, system_program, until};

/// Publishes a request and gives the response to it; none if Mosquitto's clients are not installed.
pub(crate) fn mqtt_request(port: u16, user: &str, password: &str, request: &Value) -> Option<Value> {
    let (publish, subscribe) = (system_program("mosquitto_pub")?, system_program("mosquitto_sub")?);
    let port = port.to_string();
    let login = ["-h", "127.0.0.1", "-p", &port, "-u", user, "-P", password];
    let mut listening = Command::new(subscribe)
        .args(login)
        .args(["-t", "hearth/response", "-C", "1", "-W", "20"])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    // Nothing tells when a subscription by this program stands, so the request is made until it is answered once.
    let response = until("a response over MQTT", LONG, || {
        let (said, is_done) =
            output(Command::new(&publish).args(login).args(["-t", "hearth/request", "-m", &request.to_string()]));
        assert!(is_done, "mosquitto_pub: {said}");
        std::thread::sleep(Duration::from_millis(500));
        listening.try_wait().unwrap()
    });
    assert!(response.success(), "mosquitto_sub heard no response");
    let mut text = String::new();
    std::io::Read::read_to_string(&mut listening.stdout.take().unwrap(), &mut text).unwrap();
    Some(serde_json::from_str(text.trim()).unwrap())
}
