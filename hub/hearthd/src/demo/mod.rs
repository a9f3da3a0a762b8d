//! The virtual house, played for the demonstration and for tests.

mod virtual_house;

use house::House;
use runtime::faults::Faults;
use tracing::info;

use crate::mqtt::settings::MqttSettings;

/// Plays a house with the broker's user for it.
pub(crate) fn start(house: &House, mqtt: &MqttSettings, user: Option<&str>) -> Faults {
    let mut settings = mqtt.clone();
    if let (Some(user), Some((_, password))) = (user, &settings.login) {
        settings.login = Some((user.to_owned(), password.clone()));
    }
    info!(entities = house.entities.len(), "The virtual house plays.");
    virtual_house::start(house, &settings)
}
