//! What the running house learns of its household: it remembers what happens, looks at night what is done again and
//! again, and offers it as routines.
//!
//! How habits are found is `mind::learn`; whether a routine may act is judged like everything else.

pub mod evidence_line;
pub mod habit_wire;

mod hints;
mod keep;
mod offers;
mod preferences;
mod recorder;
mod routines;
mod settings;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use house::{ActionPlan, Draft, EntityId, Evidence, Habit, HabitKind, Suggestion, SuggestionAnswer};
use mind::learn::{Norms, PastDay, Timeline, chance_a_minute, is_usual_now, learn, look_back};
use store::Store;
use tokio::sync::watch;
use tracing::info;

use crate::clock::{Clock, Stopwatch};
use crate::hub::handle::Handle;
use hints::HintAnswers;
use preferences::Given;
use recorder::Recorder;

pub use keep::keep;
pub use preferences::Preferences;
pub use settings::LearningSettings;

/// What was learned of the household, and what became of it. Cheap to clone.
#[derive(Clone)]
pub struct Learning(Arc<Inner>);

struct Inner {
    hub: Handle,
    store: Store,
    clock: Clock,
    // A mutex, not a channel: read and written for an instant, never across an await.
    known: Mutex<Known>,
    learned: watch::Sender<Arc<Learned>>,
    given: Given,
}

struct Known {
    settings: LearningSettings,
    suggestions: Vec<Suggestion>,
    hints: HintAnswers,
    recorder: Recorder,
}

/// What was learned when it was last looked.
#[derive(Clone, Debug, Default)]
pub struct Learned {
    /// Everything that is done again and again, the surest first.
    pub habits: Vec<Habit>,
    /// What each suggestion would have done in the last days, by its id.
    pub past: BTreeMap<String, Vec<PastDay>>,
    /// What is usual, for telling what is not.
    pub norms: Arc<Norms>,
    /// When it was looked, in milliseconds since 1970 UTC; 0 if never.
    pub at_ms: i64,
    /// How many changes were looked at.
    pub events: usize,
    /// When the first of them happened, in milliseconds since 1970 UTC.
    pub first_ms: i64,
}

/// What is to be forgotten of what was remembered for learning.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ForgetEvidence {
    /// All of it.
    All,
    /// What these things did.
    Entities(Vec<EntityId>),
    /// What one person did.
    Person(house::PersonId),
}

impl Learning {
    /// What was kept.
    ///
    /// # Errors
    /// If the disk is in the way, or what is there can't be read.
    pub fn load(hub: Handle, store: Store, clock: Clock) -> anyhow::Result<Self> {
        let settings: LearningSettings = store.setting(settings::KEY)?.unwrap_or_default();
        let suggestions = store.suggestions()?;
        let hints = store.setting(hints::KEY)?.unwrap_or_default();
        let known = Known { recorder: Recorder::default(), settings, suggestions, hints };
        let learned = watch::Sender::new(Arc::default());
        Ok(Self(Arc::new(Inner { hub, store, clock, known: Mutex::new(known), learned, given: Given::default() })))
    }

    /// What was learned, followed from now on.
    pub fn learned(&self) -> watch::Receiver<Arc<Learned>> {
        self.0.learned.subscribe()
    }

    /// What the household wants where a request leaves it open.
    pub fn preferences(&self) -> Preferences {
        Preferences::new(self.learned(), self.0.given.clone())
    }

    /// What was suggested, and what was answered.
    pub fn suggestions(&self) -> Vec<Suggestion> {
        self.known().suggestions.clone()
    }

    /// What is learned at all.
    pub fn settings(&self) -> LearningSettings {
        self.known().settings.clone()
    }

    /// Changes what is learned at all.
    ///
    /// # Errors
    /// If it can't be kept; nothing was changed then.
    pub fn set_settings(&self, settings: LearningSettings) -> anyhow::Result<()> {
        self.0.store.put_setting(settings::KEY, &settings)?;
        let mut known = self.known();
        known.settings = settings;
        let wanted = known.settings.clone();
        known.suggestions.retain(|one| one.answer != SuggestionAnswer::Open || wanted.takes_habit(&one.habit));
        self.0.store.keep_suggestions(&known.suggestions)
    }

    /// Everything that is remembered, in order of time.
    ///
    /// # Errors
    /// If the disk is in the way.
    pub fn evidence(&self) -> anyhow::Result<Vec<Evidence>> {
        self.flush()?;
        let mut all = self.0.store.evidence()?;
        all.sort_by_key(|one| one.at_ms);
        Ok(all)
    }

    /// How many bytes that takes on the disk.
    ///
    /// # Errors
    /// If the disk is in the way.
    pub fn evidence_bytes(&self) -> anyhow::Result<u64> {
        self.0.store.evidence_bytes()
    }

    /// Forgets what was remembered and what was learned from it; says how many changes it was. Slow.
    ///
    /// # Errors
    /// If the disk is in the way; forgetting again is safe.
    pub fn forget(&self, what: &ForgetEvidence) -> anyhow::Result<usize> {
        self.flush()?;
        let count = self.0.store.forget_evidence(|one| what.means(one))?;
        {
            let mut known = self.known();
            let is_gone = |one: &Suggestion| match what {
                ForgetEvidence::All => true,
                ForgetEvidence::Entities(ids) => ids.contains(&one.habit.entity),
                ForgetEvidence::Person(_) => false,
            };
            // What became a routine stays one; it is the household's own by then.
            known.suggestions.retain(|one| one.answer == SuggestionAnswer::Accepted || !is_gone(one));
            self.0.store.keep_suggestions(&known.suggestions)?;
        }
        self.learn_now()?;
        Ok(count)
    }

    /// Looks at everything that is remembered, and at what it comes to. Slow: seconds where years are remembered.
    ///
    /// # Errors
    /// If the disk is in the way.
    pub fn learn_now(&self) -> anyhow::Result<()> {
        let watch = Stopwatch::start();
        let now = self.0.clock.now_ms();
        let snapshot = self.0.hub.snapshot();
        let settings = self.settings();
        let mut evidence = self.evidence()?;
        if let Some(oldest) = evidence.len().checked_sub(MOST_EVIDENCE).and_then(|surplus| evidence.get(surplus)) {
            let from_ms = oldest.at_ms;
            self.0.store.forget_evidence(|one| one.at_ms < from_ms)?;
        }
        evidence.retain(|one| settings.takes(one));
        let timeline = Timeline::of(&evidence, now);
        let mut habits = learn(&timeline, &snapshot.house);
        habits.retain(|habit| settings.takes_habit(habit));
        let suggestions = {
            let mut known = self.known();
            known.suggestions = offers::renewed(&habits, &known.suggestions, &snapshot.house, now);
            self.0.store.keep_suggestions(&known.suggestions)?;
            known.suggestions.clone()
        };
        let shown: Vec<&Suggestion> = suggestions.iter().filter(|one| one.is_shown()).collect();
        let of: Vec<&Habit> = shown.iter().map(|one| &one.habit).collect();
        let past = look_back(&timeline, &snapshot.house, &of, SHOWN_DAYS);
        let learned = Learned {
            past: shown.iter().map(|one| one.id.clone()).zip(past).collect(),
            norms: Arc::new(Norms::of(&timeline, &snapshot.house)),
            at_ms: now,
            events: evidence.len(),
            first_ms: evidence.first().map_or(0, |first| first.at_ms),
            habits,
        };
        info!(
            events = learned.events,
            habits = learned.habits.len(),
            ms = watch.ms(),
            "The household was learned anew."
        );
        self.0.learned.send_replace(Arc::new(learned));
        Ok(())
    }

    /// What keeps a suggestion as a routine, or does it or what a hint asks for once, now; nothing if there is none
    /// under this id.
    pub fn plan(&self, id: &str, is_for_now: bool) -> Option<ActionPlan> {
        if hints::is_hint(id) {
            return self.plan_of_hint(id).filter(|_| is_for_now);
        }
        let suggestion = self.one(id)?;
        let draft = mind::learn::routine(&suggestion.habit)?;
        let house = &self.0.hub.snapshot().house;
        let area = house.entities.get(&suggestion.habit.entity).and_then(|entity| entity.area.clone());
        let plan = ActionPlan { later: vec![Draft { area, ..draft }], ..ActionPlan::default() };
        Some(if is_for_now { ActionPlan::now(plan.all_steps()) } else { plan })
    }

    /// A suggestion became this schedule.
    ///
    /// # Errors
    /// If that can't be kept.
    pub fn accepted(&self, id: &str, schedule: &str) -> anyhow::Result<()> {
        let schedule = Some(schedule.to_owned());
        self.change(id, |one| (one.answer, one.schedule) = (SuggestionAnswer::Accepted, schedule)).map(|_| ())
    }

    /// A suggestion or a hint is put off, or refused for good.
    ///
    /// # Errors
    /// If there is no such suggestion, or it can't be kept.
    pub fn decline(&self, id: &str, is_for_good: bool) -> anyhow::Result<()> {
        if hints::is_hint(id) {
            return self.decline_hint(id, is_for_good);
        }
        let later = SuggestionAnswer::Later(self.0.clock.now_ms() + PUT_OFF_MS);
        let answer = if is_for_good { SuggestionAnswer::Never } else { later };
        anyhow::ensure!(self.change(id, |one| one.answer = answer)?, "nothing is suggested under this id");
        Ok(())
    }

    /// What is usually done about now, and is not done yet: the likeliest of what has such an answer.
    pub fn usual_now(&self, has: impl Fn(&SuggestionAnswer) -> bool) -> Option<Suggestion> {
        let house = &self.0.hub.snapshot().house;
        let around = self.0.clock.around(self.0.clock.now_ms());
        let all = self.suggestions().into_iter();
        let usual = all.filter(|one| has(&one.answer) && is_usual_now(&one.habit, house, &around));
        let chance = |one: &Suggestion| chance_a_minute(&one.habit, house, &around).unwrap_or(0.0);
        usual.max_by(|one, other| chance(one).total_cmp(&chance(other)))
    }

    /// Learns nothing more of these. Slow.
    ///
    /// # Errors
    /// If it can't be kept; nothing was changed then.
    pub fn ignore(&self, entities: &[EntityId]) -> anyhow::Result<()> {
        let mut settings = self.settings();
        settings.without_entities.extend(entities.iter().map(ToString::to_string));
        self.set_settings(settings)?;
        self.learn_now()
    }

    /// The suggestion of this id, if there is one.
    pub fn one(&self, id: &str) -> Option<Suggestion> {
        self.known().suggestions.iter().find(|one| one.id == id).cloned()
    }

    /// Changes a suggestion for good; says whether there is one of that id.
    fn change(&self, id: &str, change: impl FnOnce(&mut Suggestion)) -> anyhow::Result<bool> {
        let mut known = self.known();
        let mut suggestions = known.suggestions.clone();
        let Some(one) = suggestions.iter_mut().find(|one| one.id == id) else { return Ok(false) };
        change(one);
        self.0.store.keep_suggestions(&suggestions)?;
        known.suggestions = suggestions;
        Ok(true)
    }

    /// Writes down what was noticed since it was written down last.
    ///
    /// # Errors
    /// If the disk is in the way; it waits on then.
    pub fn flush(&self) -> anyhow::Result<()> {
        let waiting = self.known().recorder.take();
        self.0.store.keep_evidence(&waiting).inspect_err(|_| self.known().recorder.put_back(waiting.clone()))
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.0.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl ForgetEvidence {
    fn means(&self, one: &Evidence) -> bool {
        match self {
            Self::All => true,
            Self::Entities(ids) => ids.contains(&one.entity),
            Self::Person(id) => one.person.as_ref() == Some(id),
        }
    }
}

/// Whether a habit could be a routine at all.
fn is_deed(habit: &Habit) -> bool {
    habit.kind != HabitKind::Preference && mind::learn::routine(habit).is_some()
}

/// Two years of a busy home; the oldest go.
const MOST_EVIDENCE: usize = 1_000_000;
/// For so many days it is shown what a routine would have done.
const SHOWN_DAYS: i64 = 28;
const PUT_OFF_MS: i64 = 14 * 86_400_000;

#[cfg(test)]
mod tests;
