//! Service calls and actions are each other's inverse, and no call is read as more than it says.

use house::{Action, ArmMode, Attributes, Color, Domain, HvacMode, ServiceError, Value};
use proptest::prelude::*;
use proptest::sample::select;

/// Every action, on an entity of a domain that has it.
fn possible() -> impl Strategy<Value = (Domain, Action)> {
    let plain = select(vec![
        (Domain::Light, Action::TurnOn),
        (Domain::Switch, Action::TurnOff),
        (Domain::Siren, Action::TurnOn),
        (Domain::Scene, Action::Activate),
        (Domain::Script, Action::Activate),
        (Domain::Button, Action::Activate),
        (Domain::Cover, Action::OpenCover),
        (Domain::Cover, Action::CloseCover),
        (Domain::Cover, Action::StopCover),
        (Domain::Lock, Action::Lock),
        (Domain::Lock, Action::Unlock),
        (Domain::AlarmControlPanel, Action::Arm(ArmMode::Home)),
        (Domain::AlarmControlPanel, Action::Arm(ArmMode::Away)),
        (Domain::AlarmControlPanel, Action::Arm(ArmMode::Night)),
        (Domain::AlarmControlPanel, Action::Arm(ArmMode::Vacation)),
        (Domain::AlarmControlPanel, Action::Disarm),
        (Domain::MediaPlayer, Action::MediaPlay),
        (Domain::MediaPlayer, Action::MediaPause),
        (Domain::MediaPlayer, Action::MediaStop),
        (Domain::MediaPlayer, Action::MediaNext),
        (Domain::MediaPlayer, Action::MediaPrevious),
        (Domain::Vacuum, Action::VacuumStart),
        (Domain::Vacuum, Action::VacuumPause),
        (Domain::Vacuum, Action::VacuumReturn),
        (Domain::Vacuum, Action::VacuumLocate),
        (Domain::LawnMower, Action::MowerStart),
        (Domain::LawnMower, Action::MowerPause),
        (Domain::LawnMower, Action::MowerDock),
        (Domain::Valve, Action::OpenValve),
        (Domain::Valve, Action::CloseValve),
    ]);
    prop_oneof![plain, with_a_number(), with_words()]
}

fn with_a_number() -> impl Strategy<Value = (Domain, Action)> {
    let color = (0.0..=360.0_f64, 0.0..=100.0_f64).prop_map(|(hue, saturation)| Color { hue, saturation });
    let light = (prop::option::of(1..=100_u8), prop::option::of(color), prop::option::of(1000..=12_000_u16));
    prop_oneof![
        light
            .prop_filter("a lamp has one colour, and something is said of it", |(brightness, color, kelvin)| {
                (color.is_none() || kelvin.is_none()) && (brightness.is_some() || color.is_some() || kelvin.is_some())
            })
            .prop_map(|(brightness_pct, color, color_temp_k)| {
                (Domain::Light, Action::SetLight { brightness_pct, color, color_temp_k })
            }),
        (0..=100_u8).prop_map(|position| (Domain::Cover, Action::SetCoverPosition(position))),
        (0..=100_u8).prop_map(|position| (Domain::Cover, Action::SetTilt(position))),
        (0..=100_u8).prop_map(|position| (Domain::Valve, Action::SetValvePosition(position))),
        (1..=100_u8).prop_map(|speed| (Domain::Fan, Action::SetPercentage(speed))),
        (0..=100_u8).prop_map(|humidity| (Domain::Humidifier, Action::SetHumidity(humidity))),
        (0..=100_u8).prop_map(|volume| (Domain::MediaPlayer, Action::SetVolume(volume))),
        (-50.0..=120.0_f64).prop_map(|degrees| (Domain::Climate, Action::SetTemperature(degrees))),
        (-1e12..=1e12_f64).prop_map(|number| (Domain::Number, Action::SetNumber(number))),
        any::<bool>().prop_map(|is_muted| (Domain::MediaPlayer, Action::Mute(is_muted))),
    ]
}

fn with_words() -> impl Strategy<Value = (Domain, Action)> {
    let words = "[a-z\u{4e00}-\u{4e20}]{1,12}( [a-z]{1,8}){0,2}";
    let modes = [HvacMode::Off, HvacMode::Heat, HvacMode::Cool, HvacMode::HeatCool, HvacMode::Auto, HvacMode::Dry];
    prop_oneof![
        select(modes.to_vec()).prop_map(|mode| (Domain::Climate, Action::SetHvacMode(mode))),
        words.prop_map(|item| (Domain::Todo, Action::AddItem(item))),
        words.prop_map(|item| (Domain::Todo, Action::CompleteItem(item))),
        words.prop_map(|item| (Domain::Todo, Action::RemoveItem(item))),
        words.prop_map(|effect| (Domain::Light, Action::SetEffect(effect))),
        words.prop_map(|option| (Domain::Select, Action::SelectOption(option))),
        (words, words)
            .prop_map(|(query, class)| (Domain::MediaPlayer, Action::PlayMedia { query, class: Some(class) })),
        prop::collection::vec(words, 1..4).prop_map(|areas| (Domain::Vacuum, Action::VacuumCleanArea(areas))),
    ]
}

fn value() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::Bool),
        any::<f64>().prop_map(Value::Number),
        ".{0,300}".prop_map(Value::Text),
        Just(Value::List(vec![Value::Number(1.0)])),
    ]
}

proptest! {
    #[test]
    fn a_service_call_comes_back_as_the_action_it_was((domain, action) in possible()) {
        prop_assert_eq!(Action::from_service(domain, &action.service(domain), &action.data()), Ok(action));
    }

    #[test]
    fn what_a_service_does_not_take_is_refused((domain, action) in possible(), value in value()) {
        let mut data = action.data();
        data.insert("transition".to_owned(), value);
        let refused = Action::from_service(domain, &action.service(domain), &data);
        prop_assert_eq!(refused, Err(ServiceError::Unexpected("transition".to_owned())));
    }

    #[test]
    fn no_value_is_taken_for_another(
        (domain, action) in possible(),
        value in value(),
        which in any::<prop::sample::Index>(),
    ) {
        let mut data = action.data();
        prop_assume!(!data.is_empty());
        let name = data.keys().nth(which.index(data.len())).cloned().unwrap_or_default();
        data.insert(name, value);
        if let Ok(read) = Action::from_service(domain, &action.service(domain), &data) {
            prop_assert_eq!(read.service(domain), action.service(domain));
        }
    }

    #[test]
    fn a_call_for_another_domain_is_none(
        (_, action) in possible(),
        domain in select(Domain::ALL),
        other in select(Domain::ALL),
    ) {
        prop_assume!(domain != other);
        prop_assert!(Action::from_service(other, &action.service(domain), &Attributes::new()).is_err());
    }
}
