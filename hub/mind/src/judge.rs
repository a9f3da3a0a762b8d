//! Whether a plan may happen. The only place that makes an [`Approved`], and dispatch takes nothing else.

mod effect;

use house::{Action, Consent, Domain, Effect, Entity, House, Plan, Question, Rules, Step, Tier};

use effect::{effect, opening};

pub use effect::is_guard;

/// Steps that may be sent. Only [`judge`] makes one: the field is private, and there is no other way.
///
/// ```
/// use house::{Action, Consent, Entity, EntityId, House, Plan, Rules, Step};
/// use mind::judge::{Approved, Verdict, judge};
///
/// fn send(approved: &Approved) -> usize {
///     approved.steps().len()
/// }
///
/// let mut house = House::default();
/// let lamp = Entity::new(EntityId::new("light.lamp"), "Lamp");
/// house.entities.insert(lamp.id.clone(), lamp.clone());
/// let reason = "its name was said".to_owned();
/// let plan = Plan { steps: vec![Step { intent: 0, entity: lamp.id, action: Action::TurnOn, reason }] };
/// match judge(plan, &house, &Rules::default(), Consent::None) {
///     Verdict::Allow(approved) => assert_eq!(send(&approved), 1),
///     Verdict::Ask(_) | Verdict::Refuse(_) => unreachable!("a lamp may always be switched on"),
/// }
/// ```
///
/// A program that makes one by itself does not compile:
///
/// ```compile_fail,E0451
/// use mind::judge::Approved;
///
/// let approved = Approved { steps: Vec::new() };
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Approved {
    steps: Vec<ApprovedStep>,
}

impl Approved {
    /// The steps, in order.
    pub fn steps(&self) -> &[ApprovedStep] {
        &self.steps
    }
}

/// One step that may be sent; reads like the [`Step`] it is. It comes out of an [`Approved`] and from nowhere else:
///
/// ```compile_fail,E0423
/// use house::{Action, EntityId, Step};
/// use mind::judge::ApprovedStep;
///
/// let entity = EntityId::new("lock.front_door");
/// let step = ApprovedStep(Step { intent: 0, entity, action: Action::Unlock, reason: String::new() });
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct ApprovedStep(Step);

impl std::ops::Deref for ApprovedStep {
    type Target = Step;

    fn deref(&self) -> &Step {
        &self.0
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
    /// Whoever asks may set it only within these bounds.
    BeyondLimits {
        /// The entity's name.
        name: String,
        /// The least.
        least: f64,
        /// The most.
        most: f64,
    },
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
        let mut names: Vec<String> =
            gated.filter_map(|(step, _)| house.entities.get(&step.entity)).map(|entity| entity.name.clone()).collect();
        names.dedup();
        names
    };
    let whole =
        is_whole_house_on(&plan, house).then(|| limited(rules, Effect::WholeHouse, class(rules, Effect::WholeHouse)));
    let highest = tiers.iter().copied().chain(whole).max().unwrap_or(Tier::Free);
    let needed = match highest {
        Tier::Never => return Verdict::Refuse(Refusal::Never(names(Tier::Never))),
        _ if rules.is_open => Consent::None,
        Tier::Pin if rules.has_pin => Consent::Pin,
        Tier::Pin | Tier::Confirmed => Consent::Yes,
        Tier::Free | Tier::Announced => Consent::None,
    };
    match needed <= consent {
        true => Verdict::Allow(Approved { steps: plan.steps.into_iter().map(ApprovedStep).collect() }),
        false if needed == Consent::Pin => Verdict::Ask(Question::Pin { names: names(Tier::Pin), steps: plan.steps }),
        false => Verdict::Ask(Question::Confirm { names: names(Tier::Confirmed), steps: plan.steps }),
    }
}

/// The tier of one step: what the household chose for the thing or the kind of effect, or what holds for those who ask
/// if that is stricter.
pub fn tier(step: &Step, house: &House, rules: &Rules) -> Tier {
    let Some(entity) = house.entities.get(&step.entity) else { return Tier::Never };
    let effect = effect(entity, &step.action);
    let chosen = rules.tiers.get(&step.entity).copied();
    let own = chosen.filter(|own| *own == Tier::Never || is_meant(effect, entity));
    let tier = limited(rules, effect, own.unwrap_or_else(|| class(rules, effect)));
    let guards = house.shared_commands.get(&step.entity).into_iter().flatten();
    guards
        .filter_map(|id| house.entities.get(id))
        .map(|guard| tier_of_opening(guard, chosen, rules))
        .fold(tier, Tier::max)
}

/// The tier that an action on an entity has where the household chose nothing.
pub fn usual_tier(entity: &Entity, action: &Action) -> Tier {
    effect(entity, action).usual()
}

/// The tier of the gravest that a command to an entity may do to a thing that hears it too; `chosen` is what the
/// household chose for the entity.
fn tier_of_opening(guard: &Entity, chosen: Option<Tier>, rules: &Rules) -> Tier {
    let effect = effect(guard, &opening(guard.domain));
    let own = chosen.or_else(|| rules.tiers.get(&guard.id).copied());
    limited(rules, effect, own.unwrap_or_else(|| class(rules, effect)))
}

/// A choice for a single door is for opening it; locking and closing it stays as free as it was.
fn is_meant(effect: Effect, entity: &Entity) -> bool {
    effect.is_guarded() || !is_guard(entity)
}

/// What the household chose for a kind of effect.
fn class(rules: &Rules, effect: Effect) -> Tier {
    rules.classes.get(&effect).copied().unwrap_or_else(|| effect.usual())
}

/// At least as strict as all limits want it.
fn limited(rules: &Rules, effect: Effect, tier: Tier) -> Tier {
    rules.limits.iter().filter_map(|limits| limits.tiers.get(&effect).copied()).fold(tier, Tier::max)
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
        Action::SetTemperature(asked) if !safe_heat(entity).contains(&asked) => {
            Some(Refusal::OutOfBounds { name: entity.name.clone(), asked })
        }
        Action::SetTemperature(asked) if entity.domain == Domain::Climate => {
            let (least, most) = rules
                .limits
                .iter()
                .filter_map(|limits| limits.heat)
                .find(|(least, most)| !(*least..=*most).contains(&asked))?;
            Some(Refusal::BeyondLimits { name: entity.name.clone(), least, most })
        }
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

const MANY_ENTITIES: usize = 8;
const MANY_AREAS: usize = 4;
