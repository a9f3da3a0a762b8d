//! What a dialect makes of a message: the devices that are there, spelt out, and those that are gone.

use house::Rejection;

use crate::change::Message;
use crate::config::Config;

/// What a message says about who is there.
#[derive(Debug, Default)]
pub(crate) struct News {
    /// Devices, each with all of its entities.
    pub(crate) devices: Vec<Device>,
    /// If given, all other sources whose names begin like this are gone.
    pub(crate) only: Option<String>,
    /// What devices are to be asked of whom nothing is known yet.
    pub(crate) unknown: Vec<Message>,
    /// Sources that are gone.
    pub(crate) gone: Vec<String>,
    /// What could not be understood besides.
    pub(crate) trouble: Option<Rejection>,
}

impl News {
    /// Of one device.
    pub(super) fn of(device: Device) -> Self {
        Self { devices: vec![device], ..Self::default() }
    }
}

/// One device as a dialect announces it.
#[derive(Debug)]
pub(crate) struct Device {
    /// A name for this announcement that no other has.
    pub(crate) source: String,
    /// Its entities, by key.
    pub(crate) entities: Vec<(String, Config)>,
    /// Messages that let it tell its state and change nothing.
    pub(crate) asks: Vec<Message>,
}
