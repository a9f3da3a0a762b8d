//! The kinds of entity Hearth knows, in Home Assistant's words.

macro_rules! domains {
    ($($(#[$doc:meta])* $name:ident = $text:literal),+ $(,)?) => {
        /// An entity's domain.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Domain {
            $($(#[$doc])* $name,)+
        }

        impl Domain {
            /// Every domain, in the order of this file.
            pub const ALL: &[Self] = &[$(Self::$name),+];

            /// Home Assistant's word for it.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$name => $text),+ }
            }

            /// The domain of that name; `None` if Hearth does not know it.
            pub fn parse(text: &str) -> Option<Self> {
                match text { $($text => Some(Self::$name),)+ _ => None }
            }
        }
    };
}

domains! {
    /// Lamps.
    Light = "light",
    /// Sockets and relays.
    Switch = "switch",
    /// Heating and cooling.
    Climate = "climate",
    /// Blinds, curtains, garage doors, gates, windows.
    Cover = "cover",
    /// Door locks.
    Lock = "lock",
    /// Burglar alarms.
    AlarmControlPanel = "alarm_control_panel",
    /// Fans.
    Fan = "fan",
    /// Televisions and speakers.
    MediaPlayer = "media_player",
    /// Robot vacuums.
    Vacuum = "vacuum",
    /// Robot mowers.
    LawnMower = "lawn_mower",
    /// Water and gas valves.
    Valve = "valve",
    /// Measured values.
    Sensor = "sensor",
    /// Two-state observations.
    BinarySensor = "binary_sensor",
    /// Stored states of several entities.
    Scene = "scene",
    /// Stored sequences of actions.
    Script = "script",
    /// To-do and shopping lists.
    Todo = "todo",
    /// Weather reports.
    Weather = "weather",
    /// People and where they are.
    Person = "person",
    /// Buttons that do one thing.
    Button = "button",
    /// Switches without a device.
    InputBoolean = "input_boolean",
    /// Humidifiers and dehumidifiers.
    Humidifier = "humidifier",
    /// Hot-water tanks.
    WaterHeater = "water_heater",
    /// Sirens.
    Siren = "siren",
    /// Numbers that can be set.
    Number = "number",
    /// Choices that can be set.
    Select = "select",
    /// Stored rules of Home Assistant.
    Automation = "automation",
    /// Anything else: shown, never acted on.
    Other = "other",
}

impl Domain {
    /// Whether something can be asked of such an entity at all.
    pub fn is_controllable(self) -> bool {
        !matches!(self, Self::Sensor | Self::BinarySensor | Self::Weather | Self::Person | Self::Other)
    }
}
