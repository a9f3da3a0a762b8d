//! House ⇄ messages: reads what devices announce and report, writes what is asked of them.
//!
//! Never opens a connection, never waits, never asks the time (it is told) and never retries:
//! bytes go in, values come out.
//! What arrives is treated as hostile until it has been bounded and parsed.
//!
//! A device announces itself, reports, and is told to do something:
//!
//! ```
//! use device_adapters::{Adapters, Change, Limits};
//! use house::Action;
//!
//! let mut adapters = Adapters::new(Limits::default());
//! let announcement = br#"{
//!     "name": "Lamp", "unique_id": "lamp-1", "schema": "json", "brightness": true,
//!     "state_topic": "attic/lamp", "command_topic": "attic/lamp/set"
//! }"#;
//! let changes = adapters.read("homeassistant/light/lamp/config", announcement, false);
//! let lamp = changes.into_iter().find_map(|change| match change {
//!     Change::Appeared { entity, .. } => Some(entity),
//!     _ => None,
//! });
//! let lamp = lamp.ok_or("nothing appeared")?;
//! assert_eq!(lamp.id.as_str(), "light.lamp");
//!
//! let changes = adapters.read("attic/lamp", br#"{"state":"ON","brightness":128}"#, false);
//! assert!(matches!(&changes[..], [Change::State { value: Some(state), .. }] if state == "on"));
//!
//! let messages = adapters.write(&lamp.id, &Action::TurnOff, &lamp)?;
//! assert_eq!(messages[0].topic, "attic/lamp/set");
//! assert_eq!(messages[0].payload, br#"{"state":"OFF"}"#);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod abbreviations;
mod announced_commands;
mod availability;
mod change;
mod color;
mod compile;
mod config;
mod demo;
mod discovery;
mod fingerprint;
mod home_assistant;
mod house_file;
mod json;
mod lapse;
mod limits;
mod naming;
mod native;
mod platform;
mod reading;
mod registry;
mod replay;
mod state_words;
mod template;
mod virtual_device;
mod virtual_house;
mod writing;

pub use announced_commands::AnnouncedCommands;
pub use change::{Belongs, Change, Message, Preference, WriteError};
pub use config::is_within;
pub use demo::{DEMO_EN, DEMO_ZH, demo_house};
pub use home_assistant::{Call, Failure, Frame, HomeAssistantPlace, Lists, Registry, frame};
pub use house_file::{FileError, attributes_from_json, export, house, maps, value_from_json, value_to_json};
pub use limits::Limits;
pub use naming::slug;
pub use native::DISCOVERY_TOPICS;
pub use registry::Adapters;
pub use virtual_device::{Delays, Fault, Timed, VirtualDevice};
pub use virtual_house::{VirtualHouse, from_house};
