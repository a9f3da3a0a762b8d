//! How much a device may say. Knows nothing of what it says.

/// Bounds on what is accepted from outside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of one message.
    pub payload_bytes: usize,
    /// Bytes of a device-based announcement, which carries many entities.
    pub device_payload_bytes: usize,
    /// Bytes of a bridge's list of all its devices.
    pub bridge_payload_bytes: usize,
    /// Entities one device may announce in one message.
    pub components_per_device: usize,
    /// Entities altogether.
    pub entities: usize,
}

impl Default for Limits {
    /// What a large real house stays well under: the largest zigbee2mqtt announcement seen is about 5 KiB,
    /// and its list of devices has some 10 KiB for each.
    fn default() -> Self {
        Self {
            payload_bytes: 64 * 1024,
            device_payload_bytes: 128 * 1024,
            bridge_payload_bytes: 4 * 1024 * 1024,
            components_per_device: 200,
            entities: 10_000,
        }
    }
}

/// Nesting of JSON; announcements nest four deep.
pub(crate) const JSON_DEPTH: usize = 16;
/// Characters of a name.
pub(crate) const NAME_CHARS: usize = 120;
/// Characters of an identifier.
pub(crate) const ID_CHARS: usize = 250;
/// Characters of a state, as in Home Assistant.
pub(crate) const STATE_CHARS: usize = 255;
/// Characters of one attribute's text.
pub(crate) const TEXT_CHARS: usize = 1024;
/// Attributes, or members of a list or map within one.
pub(crate) const MEMBERS: usize = 256;
/// Bytes of a topic.
pub(crate) const TOPIC_BYTES: usize = 512;
/// Devices a dialect without a bridge keeps in mind; a house has tens.
pub(crate) const NATIVE_DEVICES: usize = 500;
