//! What is made of a model's answer: a machine without IO that asks for a code and decides whether that is enough to
//! act on, to ask back about, or for nothing.
//!
//! Knows thresholds and the checks of a reading; knows nothing of how a model is run or of what its reading comes to in
//! the house.

use house::{House, Intent, IntentKind, Slot};

use crate::reply::StockReply;
use crate::understand::before::Before;
use crate::understand::checks::{check_reading, is_readable};
use crate::understand::prompt::Names;
use crate::understand::tokenized::Tokenized;
use crate::understand::{self, Ask, in_domain, reflex};

/// How sure the model must be, for what. Each is a probability, 0–1.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Thresholds {
    /// From here on its reading is acted on.
    pub act: f64,
    /// From here on its reading is asked back about.
    pub ask: f64,
    /// How likely the words must be for the house by the second opinion.
    pub house: f64,
    /// What is needed at least where a reading is about lists, timers, alarms or what is planned.
    pub plans: PlanThresholds,
}

/// How sure a reading about lists, timers, alarms or what is planned must be, to act and to answer. People speak of
/// such things to everybody, so words about them are not for the house more often than others; what the second opinion
/// is sure of needs no more than anything else.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct PlanThresholds {
    /// How sure the model must be.
    pub sure: f64,
    /// How likely the words must be for the house by the second opinion, however sure the model is.
    pub house: f64,
}

impl Thresholds {
    /// Thresholds, if they are probabilities and asking comes no later than acting.
    pub fn new(act: f64, ask: Option<f64>, house: f64) -> Option<Self> {
        let ask = ask.unwrap_or(act);
        let is_good = [act, house].iter().all(|least| (0.0..=1.0).contains(least)) && (0.0..=act).contains(&ask);
        is_good.then_some(Self { act, ask, house, plans: PlanThresholds::default() })
    }

    /// The same with more for lists, timers, alarms and plans, if these are probabilities.
    pub fn with_plans(self, plans: PlanThresholds) -> Option<Self> {
        let is_good = [plans.sure, plans.house].iter().all(|least| (0.0..=1.0).contains(least));
        is_good.then_some(Self { plans, ..self })
    }

    /// What a reading needs that the model is so sure of.
    fn of(self, intents: &[Intent], sure: f64, for_house: f64) -> Self {
        // A model that is nearly certain needs less agreement.
        let house = if sure < NEARLY_CERTAIN { self.house } else { self.house.min(LEAST_AGREEMENT) };
        let first = asked_first(intents);
        let usual = match acts(intents) {
            true => Self { act: self.act * first, ask: self.ask * first, house, ..self },
            false => Self::default(),
        };
        let usual = match intents.iter().any(is_of_everything) {
            true => Self { act: usual.act.max(SURE_OF_EVERYTHING), ..usual },
            false => usual,
        };
        let is_doubtful = for_house < CLEARLY_FOR_HOUSE;
        match is_doubtful && intents.iter().any(|intent| is_spoken_of_anywhere(intent.kind)) {
            true => Self {
                act: usual.act.max(self.plans.sure),
                ask: usual.ask.max(self.plans.sure),
                house: usual.house.max(self.plans.house),
                ..usual
            },
            false => usual,
        }
    }
}

/// How words were understood.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ResolvedBy {
    /// Without a model.
    Reflex,
    /// By the intent model.
    Model,
    /// By the general model.
    General,
}

impl ResolvedBy {
    /// The word for it in interfaces and records.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Reflex => "reflex",
            Self::Model => "model",
            Self::General => "general",
        }
    }
}

/// Words understood, or the reason why not.
#[derive(Clone, Debug)]
pub struct Understood {
    /// What was asked, or what is said instead.
    pub intents: Result<Vec<Intent>, StockReply>,
    /// How.
    pub resolved_by: ResolvedBy,
    /// Whether that is too little to act on, and enough to ask back.
    pub is_unsure: bool,
    /// How sure the model was, 0–1.
    pub confidence: Option<f64>,
    /// The code that the model wrote, or would have written for plain words.
    pub codes: Vec<String>,
    /// What happened on the way, for the trace.
    pub trace: Vec<String>,
}

/// What a model wrote.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ModelAnswer {
    /// Names of the tokens, without the closing `end`.
    pub tokens: Vec<String>,
    /// The probability of each among the whole vocabulary, 0–1.
    pub probs: Vec<f32>,
}

/// Words on the way to being understood: if [`Understanding::ask`] gives something, the model is to be asked it and its
/// answer given to [`Understanding::answer`]; then [`Understanding::finish`] says what came of it.
#[derive(Debug)]
pub struct Understanding {
    thresholds: Thresholds,
    before: Before,
    /// What the model is still to be asked about.
    open: Option<Tokenized>,
    out: Understood,
}

impl Understanding {
    /// Begins with the words, in a house with those names, after what went before.
    pub fn of(text: &str, house: &House, names: &Names, thresholds: Thresholds, before: Before) -> Self {
        let mut out = nothing_yet(ResolvedBy::Reflex);
        let done = |out| Self { thresholds, before: Before::default(), open: None, out };
        if let Some(intents) = reflex::plain(text, house) {
            out.trace.push("plain words and an exact name: no model was needed".to_owned());
            (out.intents, out.confidence) = (Ok(intents), Some(1.0));
            out.codes.extend(reflex::code_of_plain(text));
            return done(out);
        }
        out.resolved_by = ResolvedBy::Model;
        let Some(tokenized) = understand::tokenized::tokenize(text, names) else {
            out.intents = Err(if text.trim().is_empty() { StockReply::NotUnderstood } else { StockReply::TooLong });
            return done(out);
        };
        out.trace.extend(tokenized.marks.iter().map(|mark| {
            let words = understand::tokenized::said(&tokenized, mark.first, mark.last);
            format!("“{words}” is a name here: {}", mark.kinds.join(", "))
        }));
        if !is_readable(&tokenized) {
            return done(out);
        }
        Self { thresholds, before, open: Some(tokenized), out }
    }

    /// What the model is to be asked; `None` once everything is known.
    pub fn ask(&self) -> Option<Ask> {
        Some(understand::ask(self.open.as_ref()?, &self.before))
    }

    /// The thresholds that hold here. The second opinion hears the words alone, so it has none of what follows others.
    fn applied(&self) -> Thresholds {
        match self.before == Before::default() {
            true => self.thresholds,
            false => {
                let plans = PlanThresholds { house: 0.0, ..self.thresholds.plans };
                Thresholds { house: 0.0, plans, ..self.thresholds }
            }
        }
    }

    /// Takes the model's answer, or the reason why there is none.
    pub fn answer(&mut self, answer: Result<ModelAnswer, StockReply>) {
        if let Some(tokenized) = self.open.take() {
            judge_answer(answer, &tokenized, self.applied(), &mut self.out);
        }
    }

    /// What came of it.
    pub fn finish(self) -> Understood {
        self.out
    }
}

fn nothing_yet(resolved_by: ResolvedBy) -> Understood {
    Understood {
        intents: Err(StockReply::NotUnderstood),
        resolved_by,
        is_unsure: false,
        confidence: None,
        codes: Vec::new(),
        trace: Vec::new(),
    }
}

/// What an answer means, and whether that is enough.
fn judge_answer(
    answer: Result<ModelAnswer, StockReply>,
    tokenized: &Tokenized,
    thresholds: Thresholds,
    out: &mut Understood,
) {
    let answer = match answer {
        Ok(answer) => answer,
        Err(nothing) => {
            out.intents = Err(nothing);
            return;
        }
    };
    let confidence = confidence(&answer);
    out.confidence = Some(confidence);
    out.codes.push(answer.tokens.join(" "));
    out.trace.push(format!("code: {} ({confidence:.2})", answer.tokens.join(" ")));
    let for_house = in_domain::for_house(tokenized);
    out.trace.push(format!("a second opinion that this is for the house: {for_house:.2}"));
    let intents = match understand::read(&answer.tokens, tokenized) {
        Ok(intents) if intents.iter().any(|intent| intent.kind == IntentKind::Unclear) => return,
        Ok(intents) => intents,
        Err(error) => {
            out.trace.push(format!("the code could not be read: {error}"));
            return;
        }
    };
    let needed = thresholds.of(&intents, confidence, for_house);
    if for_house < needed.house {
        let least = needed.house;
        out.trace.push(format!("it does not sound like a request to a house: at least {least:.2} is needed"));
        return;
    }
    if confidence < needed.ask {
        out.trace.push(format!("not sure enough: at least {:.2} is needed", needed.ask));
        return;
    }
    match check_reading(intents, tokenized) {
        Ok(intents) => {
            out.is_unsure = confidence < thresholds.of(&intents, confidence, for_house).act;
            out.intents = Ok(intents);
        }
        Err(doubt) => out.trace.push(format!("the reading does not go with the words: {doubt:?}")),
    }
}

/// How sure the model was of what is asked: the probabilities of its intents and labels. Which word a name begins
/// with is left out, because a wrong span does not resolve, and a right one among long titles is rarely certain.
fn confidence(answer: &ModelAnswer) -> f64 {
    let is_index = |token: &String| token.bytes().all(|byte| byte.is_ascii_digit());
    let sure = answer.tokens.iter().zip(&answer.probs).filter(|(token, _)| !is_index(token));
    sure.map(|(_, prob)| f64::from(*prob)).product()
}

/// Whether a reading would change anything, so that it must be sure.
pub fn acts(intents: &[Intent]) -> bool {
    let is_harmless = |kind: IntentKind| {
        matches!(
            kind,
            IntentKind::GetState
                | IntentKind::NotForHouse
                | IntentKind::Dont
                | IntentKind::ClimateGetTemperature
                | IntentKind::TimerStatus
                | IntentKind::ListQuery
                | IntentKind::AlarmQuery
                | IntentKind::ScheduleQuery
                | IntentKind::Explain
                | IntentKind::HabitQuery
                | IntentKind::SuggestionQuery
                | IntentKind::Repeat
                | IntentKind::GetWeather
                | IntentKind::GetCurrentTime
                | IntentKind::GetCurrentDate
                | IntentKind::Respond
                | IntentKind::Help
                | IntentKind::Nevermind
        )
    };
    intents.iter().any(|intent| !is_harmless(intent.kind))
}

/// Whether it is about what people speak of to everybody: lists, timers, alarms, plans, what just happened.
fn is_spoken_of_anywhere(kind: IntentKind) -> bool {
    use IntentKind as I;
    matches!(
        kind,
        I::ShoppingListAddItem
            | I::ShoppingListCompleteItem
            | I::ListAddItem
            | I::ListCompleteItem
            | I::ListRemoveItem
            | I::ListQuery
            | I::StartTimer
            | I::CancelTimer
            | I::CancelAllTimers
            | I::IncreaseTimer
            | I::DecreaseTimer
            | I::PauseTimer
            | I::UnpauseTimer
            | I::TimerStatus
            | I::SetAlarm
            | I::CancelAlarm
            | I::AlarmQuery
            | I::Snooze
            | I::SetReminder
            | I::ScheduleQuery
            | I::CancelSchedule
            | I::Explain
            | I::Repeat
    )
}

/// Whether a reading says that the words were not for the house.
pub fn is_not_for_house(intents: &[Intent]) -> bool {
    !intents.is_empty() && intents.iter().all(|intent| intent.kind == IntentKind::NotForHouse)
}

/// Whether it moves all there is, of every kind and in every room: a reading that is wrong in that is worst of all.
fn is_of_everything(intent: &Intent) -> bool {
    let is_narrowed = [Slot::Name, Slot::Area, Slot::Floor, Slot::Domain, Slot::DeviceClass];
    let is_move = matches!(intent.kind, IntentKind::TurnOn | IntentKind::TurnOff | IntentKind::Toggle);
    is_move && intent.label(Slot::Scope) == Some("all") && !is_narrowed.into_iter().any(|slot| intent.has(slot))
}

/// What is always read back before it is kept needs half the confidence.
fn asked_first(intents: &[Intent]) -> f64 {
    match intents.iter().all(|intent| intent.kind == IntentKind::RoutineCreate) {
        true => 0.5,
        false => 1.0,
    }
}

/// Below this it is asked back, however sure is sure enough otherwise.
const SURE_OF_EVERYTHING: f64 = 0.9;
/// From here on, the second opinion leaves no doubt.
const CLEARLY_FOR_HOUSE: f64 = 0.95;
/// From this confidence on, the second opinion need not be sure (chosen as the thresholds in the manifest are).
const NEARLY_CERTAIN: f64 = 0.95;
/// What the second opinion must say all the same.
const LEAST_AGREEMENT: f64 = 0.2;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn understood(text: &str, tokens: &[&str], prob: f32, thresholds: Thresholds) -> Understood {
        let house = House::default();
        let mut machine = Understanding::of(text, &house, &Names::of(&house), thresholds, Before::default());
        while machine.ask().is_some() {
            let tokens: Vec<String> = tokens.iter().map(|token| (*token).to_owned()).collect();
            let probs = vec![prob; tokens.len() + 1];
            machine.answer(Ok(ModelAnswer { tokens, probs }));
        }
        machine.finish()
    }

    proptest! {
        #[test]
        fn a_reading_below_the_threshold_never_acts(
            text in "[a-z]{1,8}( [a-z]{1,8}){0,6}",
            code in prop::sample::select(vec![
                &["HassTurnOff", "name", "0", "0"][..], &["HassTurnOn", "scope=all", "domain=light"],
                &["HassLightSet", "name", "0", "0", "brightness", "0"], &["HassStartTimer", "duration", "0"],
            ]),
            prob in 0.0_f32..1.0,
            act in 0.0..1.0_f64,
            ask in 0.0..1.0_f64,
        ) {
            let thresholds = Thresholds { act, ask: ask.min(act), ..Thresholds::default() };
            let read = understood(&text, code, prob, thresholds);
            let sure = read.confidence.unwrap_or(1.0);
            let acts_at_once = read.intents.as_ref().is_ok_and(|intents| acts(intents)) && !read.is_unsure;
            let is_by_model = read.resolved_by == ResolvedBy::Model;
            prop_assert!(!(is_by_model && acts_at_once && sure < act), "{read:?} below {act}");
            prop_assert!(!(is_by_model && read.intents.as_ref().is_ok_and(|own| acts(own)) && sure < thresholds.ask));
        }

        #[test]
        fn a_reading_about_plans_needs_more_even_to_answer(
            prob in 0.0_f32..1.0,
            sure in 0.0..1.0_f64,
            house in 0.0..1.0_f64,
        ) {
            let thresholds = Thresholds::default().with_plans(PlanThresholds { sure, house }).unwrap();
            for code in [&["HearthListQuery"][..], &["HassCancelTimer"], &["HearthScheduleQuery"]] {
                let read = understood("what do you do on off days", code, prob, thresholds);
                let said = read.confidence.unwrap_or(1.0);
                prop_assert!(read.intents.is_err() || sure <= said, "{read:?} below {sure}");
            }
            let other = understood("what do you do on off days", &["HassGetCurrentTime"], prob, thresholds);
            prop_assert!(other.intents.is_ok(), "{other:?}");
        }

        #[test]
        fn what_moves_everything_is_asked_back_unless_it_is_nearly_certain(
            prob in 0.0_f32..1.0,
            text in "[a-z]{3,8} [a-z]{3,8}",
        ) {
            let thresholds = Thresholds { act: 0.5, ask: 0.3, ..Thresholds::default() };
            for code in [&["HassTurnOff", "scope=all"][..], &["HassTurnOn", "scope=all"]] {
                let read = understood(&text, code, prob, thresholds);
                let acts_at_once = read.intents.is_ok() && !read.is_unsure && read.resolved_by == ResolvedBy::Model;
                prop_assert!(!acts_at_once || SURE_OF_EVERYTHING <= read.confidence.unwrap_or(0.0), "{read:?}");
            }
            let lamps = understood(&text, &["HassTurnOff", "scope=all", "domain=light"], prob, thresholds);
            prop_assert!(!lamps.is_unsure || lamps.confidence.unwrap_or(0.0) < thresholds.act, "{lamps:?}");
        }

        #[test]
        fn a_model_that_fails_leaves_nothing_to_do(text in ".{0,60}") {
            let house = House::default();
            let thresholds = Thresholds { act: 0.4, ask: 0.2, house: 0.3, ..Thresholds::default() };
            let mut machine = Understanding::of(&text, &house, &Names::of(&house), thresholds, Before::default());
            let mut asked = 0;
            while machine.ask().is_some() {
                machine.answer(Err(StockReply::ModelFailed));
                asked += 1;
                prop_assert!(asked < 64, "it asks without end");
            }
            let read = machine.finish();
            prop_assert!(asked == 0 || read.intents == Err(StockReply::ModelFailed), "{read:?}");
        }
    }
}
