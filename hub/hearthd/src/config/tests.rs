//! Tests of the module above.

use super::*;

#[test]
fn the_page_in_docs_is_the_one_printed() {
    let page = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/configuration.md")).unwrap();
    assert!(
        page == documentation(),
        "docs/configuration.md is stale: write it anew with `hearthd config > docs/configuration.md`"
    );
}

#[test]
fn all_complaints_come_at_once() {
    let file: File = toml::from_str(
        "[web]\nlisten = \"nonsense\"\nhosts = [\"https://hub\"]\n[mqtt]\nhost = \"x\"\nuser = \
     \"u\"\n[broker]\nembedded = true\n[model]\nenabled = false\n[demo]\nlang = \"fr\"\n",
    )
    .unwrap();
    let complaints = check(file).unwrap_err().to_string();
    for name in ["web.listen", "web.hosts", "mqtt.host", "mqtt.password", "demo.lang"] {
        assert!(complaints.contains(name), "{complaints}");
    }
}

#[test]
fn unknown_options_are_refused() {
    assert!(toml::from_str::<File>("[web]\nlissen = \"x\"").is_err());
}
