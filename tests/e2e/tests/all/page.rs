//! The page, in a browser.

use std::process::Command;

use crate::support::{Hub, Setup, output, system_program};

#[test]
fn the_page_shows_how_to_claim_the_hub() {
    let Some(chromium) = system_program("chromium") else { return };
    let hub = Hub::start(Setup::demo("en"));
    if hub.get("/").status == 404 {
        eprintln!("skipped: this hub was built without its page");
        return;
    }
    let mut command = Command::new(chromium);
    command.args(["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run", "--virtual-time-budget=8000"]);
    command.arg(format!("--user-data-dir={}", hub.dir().join("browser").display())).arg("--dump-dom").arg(format!("http://{}/", hub.address()));
    let (dom, is_done) = output(&mut command);
    assert!(is_done && dom.contains("Hearth"), "{dom}");
    assert!(dom.contains("type=\"password\""), "an unclaimed hub asks for its code and a password: {dom}");
}
