//! `[general]`: a general model beside the intent model.

use std::path::PathBuf;
use std::time::Duration;

use runtime::model::general::{GeneralSettings, GeneralSource, Key};
use runtime::model::language_model::{self, Purpose};
use serde::Deserialize;

use super::Opt;

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct GeneralFile {
    file: Option<PathBuf>,
    sha256: Option<String>,
    threads: Option<u32>,
    memory_mb: Option<u64>,
    url: Option<String>,
    model: Option<String>,
    api_key_file: Option<PathBuf>,
    timeout_ms: Option<u64>,
    max_tokens: Option<u32>,
}

/// The general model, if one is named.
pub(super) fn check(file: GeneralFile, engine: PathBuf, complaints: &mut Vec<String>) -> Option<GeneralSettings> {
    let timeout = Duration::from_millis(file.timeout_ms.unwrap_or(20_000).clamp(100, 60_000));
    let max_tokens = file.max_tokens.unwrap_or(256).clamp(16, 1024);
    let source = match (file.file, file.url) {
        (None, None) => return None,
        (Some(_), Some(_)) => {
            complaints.push(
                "general.url: a file is named too\n  hint: give general.file or general.url, not both".to_owned(),
            );
            return None;
        }
        (Some(path), None) => {
            if !path.is_file() {
                complaints.push(format!(
                    "general.file: there is no file `{}`\n  hint: name a GGUF of an instruct model",
                    path.display()
                ));
            }
            GeneralSource::File(language_model::LanguageModelSettings {
                name: "general".to_owned(),
                program: engine,
                file: path,
                sha256: file.sha256,
                purpose: Purpose::Chats,
                threads: file.threads,
                memory_mb: file.memory_mb,
                deadline: timeout,
            })
        }
        (None, Some(url)) => {
            if !url.starts_with("http://") && !url.starts_with("https://") {
                complaints
                    .push(format!("general.url: `{url}` is no address\n  hint: such as `http://192.168.1.5:8080/v1`"));
            }
            let key = file.api_key_file.and_then(|path| match std::fs::read_to_string(&path) {
                Ok(key) => Some(Key::new(key.trim().to_owned())),
                Err(error) => {
                    complaints.push(format!(
                        "general.api_key_file: `{}` can't be read: {error}\n  hint: a file that \
                     holds the key and nothing else",
                        path.display()
                    ));
                    None
                }
            });
            GeneralSource::Address {
                url: url.trim_end_matches('/').to_owned(),
                model: file.model.unwrap_or_else(|| "default".to_owned()),
                key,
            }
        }
    };
    Some(GeneralSettings { source, timeout, max_tokens })
}

/// Its options.
pub(super) const OPTIONS: &[Opt] = &[
    (
        "general.file",
        "none",
        "An instruct model (GGUF) that is asked about what the intent model does not understand and what is not for \
         the house; it needs time, and more memory than the service's `MemoryMax` allows.",
    ),
    ("general.sha256", "unchecked", "What that file's SHA-256 must be."),
    ("general.threads", "chosen by the engine", "Threads to compute with."),
    ("general.memory_mb", "unbounded", "The most memory its engine may take, in MiB."),
    (
        "general.url",
        "none",
        "Instead of a file, the base address of a server that speaks OpenAI's protocol, such as \
         `http://192.168.1.5:8080/v1`; what is said to the house, and some names in it, are sent there; one outside \
         the home's network is barred by the service's `IPAddressDeny`.",
    ),
    ("general.model", "`default`", "The model's name at that server."),
    ("general.api_key_file", "none", "A file with the server's key."),
    ("general.timeout_ms", "`20000`", "How long the general model may take."),
    ("general.max_tokens", "`256`", "How long its answer may be."),
];
