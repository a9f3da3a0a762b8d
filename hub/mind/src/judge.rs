//! Whether a plan may happen. The only place that makes an [`Approved`], and dispatch takes nothing else.

use std::collections::BTreeMap;

use house::{Action, Domain, Entity, EntityId, House, Plan, Question, Step};

/// How freely an effect may happen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Tier {
    /// At once.
    Free,
    /// At once, and it is said that it happens.
    Announced,
    /// After a yes.
    Confirmed,
    /// After the PIN.
    Pin,
    /// Not by a request at all.
    Never,
}

/// What the household has laid down.
#[derive(Clone, Debug, Default)]
pub struct Rules {
    /// Whether a PIN is set; without one, what wants the PIN wants a yes.
    pub has_pin: bool,
    /// Whether confirmations are switched off, for comparisons with systems that have none.
    pub is_open: bool,
    /// Tiers of single entities that the owner changed.
    pub tiers: BTreeMap<EntityId, Tier>,
    /// Commands sent to an entity in the last minute.
    pub recent: BTreeMap<EntityId, u32>,
}

/// What the person has agreed to, for exactly this plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Consent {
    /// Nothing.
    None,
    /// Said yes.
    Yes,
    /// Gave the PIN.
    Pin,
}

/// Steps that may be sent. Made only here.
#[derive(Clone, Debug, PartialEq)]
pub struct Approved {
    steps: Vec<Step>,
}

impl Approved {
    /// The steps, in order.
    pub fn steps(&self) -> &[Step] {
        &self.steps
    }
}

/// What judging comes to.
#[derive(Clone, Debug, PartialEq)]
pub enum Verdict {
    /// It may happen.
    Allow(Approved),
    /// It wants an answer first.
    Ask(Question),
    /// It does not happen.
    Refuse(Refusal),
}

/// Why a plan does not happen.
#[derive(Clone, Debug, PartialEq)]
pub enum Refusal {
    /// The owner wants this never done by a request.
    Never(Vec<String>),
    /// It was told to do something too often within a minute.
    TooOften(String),
    /// It is not there any more.
    Gone(String),
    /// The value is outside what is safe.
    OutOfBounds {
        /// The entity's name.
        name: String,
        /// What was asked.
        asked: f64,
    },
}

/// Judges a plan against the house as it is now.
pub fn judge(plan: Plan, house: &House, rules: &Rules, consent: Consent) -> Verdict {
    if let Some(refusal) = plan.steps.iter().find_map(|step| refusal(step, house, rules)) {
        return Verdict::Refuse(refusal);
    }
    let tiers: Vec<Tier> = plan.steps.iter().map(|step| tier(step, house, rules)).collect();
    let names = |least: Tier| -> Vec<String> {
        let gated = plan.steps.iter().zip(&tiers).filter(|(_, tier)| least <= **tier);
        let mut names: Vec<String> = gated.filter_map(|(step, _)| house.entities.get(&step.entity)).map(|entity| entity.name.clone()).collect();
        names.dedup();
        names
    };
    let highest = tiers.iter().copied().max().unwrap_or(Tier::Free);
    let needed = match highest {
        Tier::Never => return Verdict::Refuse(Refusal::Never(names(Tier::Never))),
        _ if rules.is_open => Consent::None,
        Tier::Pin if rules.has_pin => Consent::Pin,
        Tier::Pin | Tier::Confirmed => Consent::Yes,
        Tier::Free | Tier::Announced if is_whole_house_on(&plan, house) => Consent::Yes,
        Tier::Free | Tier::Announced => Consent::None,
    };
    match needed <= consent {
        true => Verdict::Allow(Approved { steps: plan.steps }),
        false if needed == Consent::Pin => Verdict::Ask(Question::Pin { names: names(Tier::Pin), steps: plan.steps }),
        false => Verdict::Ask(Question::Confirm { names: names(Tier::Confirmed), steps: plan.steps }),
    }
}

/// The tier of one step.
pub fn tier(step: &Step, house: &House, rules: &Rules) -> Tier {
    let Some(entity) = house.entities.get(&step.entity) else { return Tier::Never };
    let usual = usual_tier(entity, &step.action);
    match rules.tiers.get(&step.entity) {
        // The owner's choice is for what could do harm; locking stays as free as it was.
        Some(own) if Tier::Free < usual || *own == Tier::Never => *own,
        _ => usual,
    }
}

fn usual_tier(entity: &Entity, action: &Action) -> Tier {
    let is_entry = matches!(entity.device_class.as_deref(), Some("garage" | "garage_door" | "gate" | "door"))
        || (entity.device_class.is_none() && entity.domain == Domain::Cover && sounds_like_entry(&entity.name));
    let is_gas = entity.device_class.as_deref() == Some("gas");
    // Scenes and scripts of others use general words: to a cover or valve, "on" is to open.
    let opens = match action {
        Action::OpenCover | Action::OpenValve => true,
        Action::SetCoverPosition(position) | Action::SetValvePosition(position) => 0 < *position,
        Action::TurnOn => matches!(entity.domain, Domain::Cover | Domain::Valve),
        _ => false,
    };
    let is_opener = matches!(entity.domain, Domain::Switch | Domain::Button | Domain::InputBoolean | Domain::Scene | Domain::Script | Domain::Automation | Domain::Number | Domain::Select)
        && sounds_like_opener(&entity.name);
    match action {
        Action::TurnOn | Action::TurnOff | Action::Activate | Action::SetNumber(_) | Action::SelectOption(_) if is_opener => Tier::Pin,
        Action::Unlock | Action::Disarm => Tier::Pin,
        Action::TurnOff if matches!(entity.domain, Domain::Lock | Domain::AlarmControlPanel) => Tier::Pin,
        _ if opens && (is_entry || is_gas) => Tier::Pin,
        Action::TurnOn if entity.domain == Domain::Siren => Tier::Confirmed,
        // What a scene or script of another system does is not known here.
        Action::Activate if matches!(entity.domain, Domain::Scene | Domain::Script | Domain::Button) => Tier::Announced,
        Action::Arm(_) | Action::Lock => Tier::Announced,
        _ => Tier::Free,
    }
}

/// Many a door is opened by a plain relay or a script.
fn sounds_like_opener(name: &str) -> bool {
    let name = name.to_lowercase();
    // Whole words only: a gateway is no gate.
    let words = format!(" {} ", name.split(|letter: char| !letter.is_alphanumeric()).collect::<Vec<_>>().join(" "));
    let says = |word: &&str| if word.is_ascii() { words.contains(&format!(" {word} ")) } else { name.contains(*word) };
    !HARMLESS.iter().any(|word| says(word)) && OPENERS.iter().any(|word| says(word))
}

fn sounds_like_entry(name: &str) -> bool {
    let name = name.to_lowercase();
    ["garage", "gate", "door", "车库", "大门", "闸"].iter().any(|word| name.contains(word))
}

fn refusal(step: &Step, house: &House, rules: &Rules) -> Option<Refusal> {
    let Some(entity) = house.entities.get(&step.entity) else {
        return Some(Refusal::Gone(step.entity.to_string()));
    };
    let sent = rules.recent.get(&step.entity).copied().unwrap_or(0);
    if most_per_minute(entity.domain) <= sent {
        return Some(Refusal::TooOften(entity.name.clone()));
    }
    match step.action {
        Action::SetTemperature(asked) if !safe_heat(entity).contains(&asked) => Some(Refusal::OutOfBounds { name: entity.name.clone(), asked }),
        _ => None,
    }
}

/// Degrees that can't freeze pipes or cook anyone, unless the device itself says that it takes more.
fn safe_heat(entity: &Entity) -> std::ops::RangeInclusive<f64> {
    let usual = if entity.domain == Domain::WaterHeater { 5.0..=65.0 } else { 5.0..=35.0 };
    let least = entity.number("min_temp").unwrap_or(*usual.start());
    let most = entity.number("max_temp").unwrap_or(*usual.end());
    least..=most
}

/// Motors and bolts wear; a loop of commands must not wear them out.
fn most_per_minute(domain: Domain) -> u32 {
    match domain {
        Domain::Lock | Domain::AlarmControlPanel | Domain::Valve => 6,
        Domain::Cover | Domain::Vacuum | Domain::LawnMower => 10,
        _ => 60,
    }
}

/// Everything on at once, in many rooms, is rarely meant; everything off is harmless.
fn is_whole_house_on(plan: &Plan, house: &House) -> bool {
    let on: Vec<&Entity> = plan
        .steps
        .iter()
        .filter(|step| matches!(step.action, Action::TurnOn | Action::SetLight { .. } | Action::OpenCover))
        .filter_map(|step| house.entities.get(&step.entity))
        .collect();
    let mut areas: Vec<_> = on.iter().map(|entity| &entity.area).collect();
    areas.sort();
    areas.dedup();
    MANY_ENTITIES <= on.len() && MANY_AREAS <= areas.len()
}

const HARMLESS: &[&str] = &["light", "lights", "lamp", "lamps", "sensor", "bell", "灯", "铃", "传感"];
const OPENERS: &[&str] = &[
    "unlock", "opener", "open door", "open the door", "open gate", "open the gate", "open garage", "open the garage", "door strike", "buzzer", "garage door", "gate", "disarm",
    "解锁", "开锁", "开门", "开大门", "大门", "院门", "车库门", "道闸", "撤防", "解除警报",
];
const MANY_ENTITIES: usize = 8;
const MANY_AREAS: usize = 4;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_relay_that_opens_a_door_is_told_by_its_name() {
        for name in ["Door Opener", "Garage Door", "Driveway Gate", "Unlock Front Door", "gate_relay", "开门器", "院门", "车库门继电器"] {
            assert!(sounds_like_opener(name), "{name}");
        }
        for name in ["Garage Light", "Zigbee Gateway", "Gate Lamp", "Doorbell", "Door Sensor", "Coffee Machine", "车库灯", "门铃", "Investigation"] {
            assert!(!sounds_like_opener(name), "{name}");
        }
    }
}
