//! What the household has laid down: its PIN, who belongs to it, who may do what, and what its own words mean.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use anyhow::Context as _;
use house::{AreaId, HouseRules, PersonId, Role, Rules, Speaker};
use mind::words::key;

use mind::decide::Thresholds;
use secrets::{hash, is_right};
use store::{Forget, PersonRecord, RulesRecord, Store, role_of};

/// The household. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Household {
    // A mutex, not a channel: read and written for an instant, never across an await.
    inner: Arc<Mutex<Inner>>,
    store: Option<Store>,
}

#[derive(Debug, Default)]
struct Inner {
    /// How sure the model must be.
    thresholds: Thresholds,
    pin_hash: Option<String>,
    is_open: bool,
    /// When each tried PINs of late that were not right, or are still being looked at. Nobody's guesses keep another
    /// out: a child must not lock the door for the others.
    tried_ms: BTreeMap<Speaker, Vec<i64>>,
    /// What words of the household's own mean, by their key.
    phrases: BTreeMap<String, String>,
    rules: HouseRules,
    people: Vec<Person>,
    /// For how many days what was said is kept, if the owner chose.
    keep_days: Option<u32>,
}

/// Someone who belongs to the home.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// Their id.
    pub id: PersonId,
    /// What they are called, and log in with.
    pub name: String,
    /// What they are here.
    pub role: Role,
}

impl Person {
    /// Whether this is the one who claimed the hub.
    pub fn is_owner(&self) -> bool {
        self.id.as_str() == OWNER
    }
}

/// The one who claimed the hub.
pub fn owner() -> PersonId {
    PersonId::new(OWNER)
}

/// What a PIN came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PinCheck {
    /// It is the one.
    Right,
    /// It is not.
    Wrong,
    /// Too many were wrong; none is looked at for a while.
    Locked,
}

impl Household {
    /// The household as it was kept.
    ///
    /// # Errors
    /// If the disk is in the way, or what is there can't be read.
    pub fn load(store: Store, thresholds: Thresholds) -> anyhow::Result<Self> {
        let pin_hash = store.setting::<String>(PIN_SETTING).context("read the PIN's hash")?;
        let phrases = store
            .setting::<BTreeMap<String, String>>(PHRASES_SETTING)
            .context("read the taught phrases")?
            .unwrap_or_default();
        let rules = store
            .setting::<RulesRecord>(RULES_SETTING)
            .context("read the rules")?
            .map(RulesRecord::into_rules)
            .transpose()
            .context("read the rules")?;
        let people = store
            .setting::<Vec<PersonRecord>>(PEOPLE_SETTING)
            .context("read who belongs to the home")?
            .unwrap_or_default();
        let people = people
            .into_iter()
            .map(|one| Ok(Person { id: PersonId::new(one.id), name: one.name, role: role_of(&one.role)? }))
            .collect::<anyhow::Result<Vec<_>>>()?;
        let people = if people.is_empty() {
            vec![Person { id: owner(), name: OWNER_NAME.to_owned(), role: Role::Resident }]
        } else {
            people
        };
        let inner = Inner {
            pin_hash,
            phrases,
            rules: rules.unwrap_or_default(),
            people,
            thresholds,
            keep_days: store.setting(KEEP_SETTING).context("read how long things said are kept")?,
            ..Inner::default()
        };
        Ok(Self { inner: Arc::new(Mutex::new(inner)), store: Some(store) })
    }

    /// A household for a simulation.
    ///
    /// # Errors
    /// If the PIN can't be hashed.
    pub fn simulated(pin: Option<&str>, is_open: bool, thresholds: Thresholds) -> anyhow::Result<Self> {
        let pin_hash = pin.map(hash).transpose()?;
        let inner = Inner { pin_hash, is_open, thresholds, ..Inner::default() };
        Ok(Self { inner: Arc::new(Mutex::new(inner)), store: None })
    }

    /// The rules for whoever asks, from where they ask.
    pub fn rules(&self, speaker: &Speaker, place: Option<&AreaId>) -> Rules {
        let inner = self.inner();
        Rules {
            has_pin: inner.pin_hash.is_some(),
            is_open: inner.is_open,
            ..inner.rules.of(&roles(&inner, speaker, place))
        }
    }

    /// As what someone counts who asks from there; several roles hold at once.
    pub fn roles(&self, speaker: &Speaker, place: Option<&AreaId>) -> Vec<Role> {
        roles(&self.inner(), speaker, place)
    }

    /// Whether there is a PIN.
    pub fn has_pin(&self) -> bool {
        self.inner().pin_hash.is_some()
    }

    /// For how many days what was said is kept; 0: not at all.
    pub fn keep_days(&self) -> u32 {
        self.inner().keep_days.unwrap_or(USUAL_DAYS)
    }

    /// Chooses for how many days what is said is kept.
    ///
    /// # Errors
    /// If they are too many, or the disk is in the way; nothing was changed then.
    pub fn set_keep_days(&self, days: u32) -> anyhow::Result<()> {
        anyhow::ensure!(days <= MOST_DAYS, "at most {MOST_DAYS} days");
        if let Some(store) = &self.store {
            store.put_setting(KEEP_SETTING, &days)?;
        }
        self.inner().keep_days = Some(days);
        Ok(())
    }

    /// What is to be forgotten by now.
    pub fn outdated(&self, now_ms: i64) -> Forget {
        Forget::Before(now_ms - i64::from(self.keep_days()) * DAY_MS)
    }

    /// The words that mean others here, with what they mean.
    pub fn phrases(&self) -> BTreeMap<String, String> {
        self.inner().phrases.clone()
    }

    /// These words mean nothing special any more; false if they did not.
    ///
    /// # Errors
    /// If the disk is in the way; nothing was changed then.
    pub fn unteach(&self, phrase: &str) -> anyhow::Result<bool> {
        let mut phrases = self.phrases();
        let was_there = phrases.remove(&key(phrase)).is_some();
        if let Some(store) = &self.store {
            store.put_setting(PHRASES_SETTING, &phrases)?;
        }
        self.inner().phrases = phrases;
        Ok(was_there)
    }

    /// Everything that is laid down.
    pub fn house_rules(&self) -> HouseRules {
        self.inner().rules.clone()
    }

    /// Lays down other rules; they hold at once.
    ///
    /// # Errors
    /// If the disk is in the way; nothing was changed then.
    pub fn set_rules(&self, rules: HouseRules) -> anyhow::Result<()> {
        if let Some(store) = &self.store {
            store.put_setting(RULES_SETTING, &RulesRecord::of(&rules))?;
        }
        self.inner().rules = rules;
        Ok(())
    }

    /// Who belongs to the home; the owner first.
    pub fn people(&self) -> Vec<Person> {
        self.inner().people.clone()
    }

    /// Someone of that id.
    pub fn person(&self, id: &PersonId) -> Option<Person> {
        self.inner().people.iter().find(|one| one.id == *id).cloned()
    }

    /// Someone of that name.
    pub fn person_named(&self, name: &str) -> Option<Person> {
        self.inner().people.iter().find(|one| key(&one.name) == key(name)).cloned()
    }

    /// Changes who belongs to the home, all at once.
    ///
    /// # Errors
    /// If the disk is in the way; nothing was changed then.
    pub fn set_people(&self, people: Vec<Person>) -> anyhow::Result<()> {
        if let Some(store) = &self.store {
            let record = |one: &Person| PersonRecord {
                id: one.id.to_string(),
                name: one.name.clone(),
                role: one.role.as_str().to_owned(),
            };
            store.put_setting(PEOPLE_SETTING, &people.iter().map(record).collect::<Vec<_>>())?;
        }
        self.inner().people = people;
        Ok(())
    }

    /// How sure the model must be.
    pub fn thresholds(&self) -> Thresholds {
        self.inner().thresholds
    }

    /// Sets how sure the model must be, because another one answers.
    pub fn set_thresholds(&self, thresholds: Thresholds) {
        self.inner().thresholds = thresholds;
    }

    /// Sets or removes the PIN.
    ///
    /// # Errors
    /// If it is not of 4 to 12 digits, or the disk is in the way; the old one holds then.
    pub fn set_pin(&self, pin: Option<&str>) -> anyhow::Result<()> {
        if let Some(pin) = pin {
            let is_pin = (4..=12).contains(&pin.len()) && pin.chars().all(|letter| letter.is_ascii_digit());
            anyhow::ensure!(is_pin, "a PIN is 4 to 12 digits");
        }
        let pin_hash = pin.map(hash).transpose()?;
        if let Some(store) = &self.store {
            store.put_setting(PIN_SETTING, &pin_hash)?;
        }
        if let Ok(mut inner) = self.inner.lock() {
            inner.pin_hash = pin_hash;
            inner.tried_ms.clear();
        }
        Ok(())
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What these words mean here, if they were taught.
    pub fn taught(&self, text: &str) -> Option<String> {
        self.inner.lock().ok()?.phrases.get(&key(text)).cloned()
    }

    /// From now on these words mean those.
    ///
    /// # Errors
    /// If there are too many phrases already, or the disk is in the way; nothing was changed then.
    pub fn teach(&self, phrase: &str, meaning: &str) -> anyhow::Result<()> {
        let mut phrases = self.inner.lock().map(|inner| inner.phrases.clone()).unwrap_or_default();
        phrases.insert(key(phrase), meaning.to_owned());
        anyhow::ensure!(phrases.len() <= MOST_PHRASES, "there are {MOST_PHRASES} phrases already");
        if let Some(store) = &self.store {
            store.put_setting(PHRASES_SETTING, &phrases)?;
        }
        if let Ok(mut inner) = self.inner.lock() {
            inner.phrases = phrases;
        }
        Ok(())
    }

    /// Looks at a PIN that someone says; after several wrong ones of theirs, none is looked at for a while.
    pub async fn check_pin(&self, pin: &str, speaker: &Speaker, now_ms: i64) -> PinCheck {
        let known = {
            let mut inner = self.inner();
            inner.tried_ms.retain(|_, tried| {
                tried.retain(|at| now_ms - at < LOCKED_MS);
                !tried.is_empty()
            });
            if MAX_WRONG <= inner.tried_ms.get(speaker).map_or(0, Vec::len) {
                return PinCheck::Locked;
            }
            let Some(known) = inner.pin_hash.clone() else { return PinCheck::Wrong };
            // Counted before it is looked at, so that many at once count too.
            inner.tried_ms.entry(speaker.clone()).or_default().push(now_ms);
            known
        };
        let pin = pin.to_owned();
        // Hashing takes tens of milliseconds on purpose; it must not hold up other turns.
        let is_right = tokio::task::spawn_blocking(move || is_right(pin.as_bytes(), &known)).await.unwrap_or(false);
        let mut inner = self.inner();
        let tried = inner.tried_ms.entry(speaker.clone()).or_default();
        match is_right {
            // What is right takes back its own count, and no one else's.
            true => {
                if let Some(own) = tried.iter().rposition(|at| *at == now_ms) {
                    tried.remove(own);
                }
                PinCheck::Right
            }
            false if MAX_WRONG <= tried.len() => PinCheck::Locked,
            false => PinCheck::Wrong,
        }
    }
}

/// A person who is not known any more has the limits of everyone.
fn roles(inner: &Inner, speaker: &Speaker, place: Option<&AreaId>) -> Vec<Role> {
    let mut roles = match speaker {
        Speaker::Person(id) => {
            inner.people.iter().find(|one| one.id == *id).map_or_else(|| Role::ALL.to_vec(), |one| vec![one.role])
        }
        Speaker::Someone(way) => vec![inner.rules.ways.get(way).copied().unwrap_or(Role::Resident)],
    };
    roles.extend(place.and_then(|place| inner.rules.places.get(place)));
    roles
}

const RULES_SETTING: &str = "rules";
const PEOPLE_SETTING: &str = "people";
const OWNER: &str = "owner";
/// What the owner is called until they say otherwise.
const OWNER_NAME: &str = "Owner";
const KEEP_SETTING: &str = "keep_days";
const USUAL_DAYS: u32 = 30;
const MOST_DAYS: u32 = 3650;
const DAY_MS: i64 = 24 * 3_600_000;
const PHRASES_SETTING: &str = "phrases";
const MOST_PHRASES: usize = 200;
const PIN_SETTING: &str = "pin_hash";
const MAX_WRONG: usize = 5;
const LOCKED_MS: i64 = 5 * 60_000;

#[cfg(test)]
mod tests {
    use futures::future::join_all;

    use super::*;

    const KID: Speaker = Speaker::Someone(house::WayIn::Voice);

    fn household() -> Household {
        Household::simulated(Some("2468"), false, Thresholds::default()).unwrap()
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn guesses_at_once_are_counted_before_they_are_looked_at() {
        let household = household();
        let guesses: Vec<String> = (1000..1035).map(|pin| pin.to_string()).chain(["2468".to_owned()]).collect();
        let checked = join_all(guesses.iter().map(|pin| household.check_pin(pin, &KID, 1_000))).await;
        let looked_at = checked.iter().filter(|check| **check != PinCheck::Locked).count();
        assert!(looked_at <= MAX_WRONG, "{checked:?}");
        assert_eq!(checked.last(), Some(&PinCheck::Locked));
        assert_eq!(household.check_pin("2468", &KID, 1_000 + LOCKED_MS).await, PinCheck::Right, "after the pause");
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_right_pin_between_does_not_give_new_guesses() {
        let household = household();
        let mut wrong = 0;
        for round in 0..20 {
            wrong += u32::from(household.check_pin("1111", &KID, round).await == PinCheck::Wrong);
            if household.check_pin("2468", &KID, round).await == PinCheck::Locked {
                break;
            }
        }
        assert_eq!(wrong, 4);
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn the_guesses_of_one_lock_nobody_else_out() {
        let household = household();
        let owner = Speaker::Person(owner());
        for _ in 0..2 * MAX_WRONG {
            household.check_pin("1111", &KID, 0).await;
        }
        assert_eq!(household.check_pin("2468", &KID, 0).await, PinCheck::Locked);
        assert_eq!(household.check_pin("2468", &owner, 0).await, PinCheck::Right);
    }
}
