//! `hearthd parse`: understands and resolves each case by itself, and acts on nothing.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use anyhow::Context as _;
use house::{Cause, Consent, House, Lang, Plan, Resolved, Rules, Slot, Speaker, Step, TurnOutcome, Utterance, WayIn};
use mind::judge::{Verdict, judge};
use mind::prompt::Names;
use mind::reply;
use mind::when::Around;
use mind::words::guess_lang;
use serde::{Deserialize, Serialize};

use runtime::clock::{Clock, Stopwatch};
use mind::conversation::Conversation;
use runtime::hub::Snapshot;
use crate::cli::jsonl;
use runtime::model::manifest::Thresholds;
use runtime::model::engine::Model;
use runtime::turn::{readable_steps, resolve_all, understand};
use runtime::wire::{self, CommandWire, IntentWire, MsWire};

/// A case.
#[derive(Debug, Deserialize)]
pub(crate) struct Case {
    pub(crate) id: String,
    pub(crate) text: String,
    pub(crate) lang: Option<String>,
    pub(crate) area_context: Option<String>,
    pub(crate) fixture: Option<String>,
}

/// A line of output.
#[derive(Debug, Serialize)]
pub(crate) struct Parsed {
    id: String,
    pub(crate) outcome: &'static str,
    pub(crate) intents: Vec<IntentWire>,
    commands: Vec<CommandWire>,
    pub(crate) reply: String,
    path: &'static str,
    confidence: Option<f64>,
    ms: MsWire,
    trace: Vec<String>,
    /// Whether something of it shall happen at another time than now, or only for a while.
    #[serde(skip)]
    pub(crate) is_timed: bool,
}

/// The houses of a file, each with its names, made once.
pub(crate) struct Houses {
    snapshots: BTreeMap<String, Arc<Snapshot>>,
    only: Option<Arc<Snapshot>>,
}

impl Houses {
    /// Reads a house file, which may hold one house or several by name.
    pub(crate) fn read(path: &Path) -> anyhow::Result<Self> {
        let text =
            std::fs::read_to_string(path).with_context(|| format!("read the house file `{}`", path.display()))?;
        if let Ok(house) = device_adapters::house(&text) {
            return Ok(Self { snapshots: BTreeMap::new(), only: Some(snapshot(house)) });
        }
        let houses =
            device_adapters::maps(&text).with_context(|| format!("read the house file `{}`", path.display()))?;
        Ok(Self { snapshots: houses.into_iter().map(|(name, house)| (name, snapshot(house))).collect(), only: None })
    }

    /// The house of a case.
    pub(crate) fn of(&self, fixture: Option<&str>) -> Option<Arc<Snapshot>> {
        self.only.clone().or_else(|| self.snapshots.get(fixture?).cloned())
    }
}

/// Parses every case of a file; false if some lines were bad.
pub(crate) async fn run(
    home: &Path,
    input: &Path,
    output: &Path,
    model: Model,
    thresholds: Thresholds,
) -> anyhow::Result<bool> {
    let houses = Houses::read(home)?;
    let cases = jsonl::read::<Case>(input)?;
    let mut out = jsonl::Writer::create(output)?;
    model.settled().await;
    for case in &cases.rows {
        let house = houses.of(case.fixture.as_deref()).unwrap_or_default();
        out.row(&parse(case, &house, &model, thresholds, &Rules::default()).await)?;
    }
    out.finish()?;
    Ok(!cases.had_bad)
}

/// Understands, resolves and judges one case; acts on nothing.
pub(crate) async fn parse(
    case: &Case,
    snapshot: &Snapshot,
    model: &Model,
    thresholds: Thresholds,
    rules: &Rules,
) -> Parsed {
    let watch = Stopwatch::start();
    let house = &snapshot.house;
    let lang = Lang::parse(case.lang.as_deref().unwrap_or_else(|| guess_lang(&case.text)));
    let understood = understand(&case.text, snapshot, model, thresholds).await;
    let utterance = Utterance {
        text: case.text.clone(),
        lang: case.lang.clone(),
        place: case.area_context.as_deref().and_then(|name| area(house, name)),
        conversation: case.id.clone(),
        speaker: Speaker::Someone(WayIn::Voice),
        cause: Cause::Api,
        at_ms: Clock::default().now_ms(),
    };
    let around = Clock::default().around(utterance.at_ms);
    let mut parsed = Parsed {
        id: case.id.clone(),
        outcome: TurnOutcome::NotUnderstood.as_str(),
        intents: Vec::new(),
        commands: Vec::new(),
        reply: String::new(),
        path: understood.path.as_str(),
        confidence: understood.confidence.map(|confidence| (confidence * 1000.0).round() / 1000.0),
        ms: MsWire { total: 0.0, model: (understood.model_ms * 10.0).round() / 10.0 },
        trace: understood.trace,
        is_timed: false,
    };
    match understood.intents {
        Ok(intents) if understood.is_unsure => {
            let resolutions = resolve_all(&utterance, &intents, &Conversation::default(), house, &around, lang);
            let intents_read = resolutions.iter().map(|resolution| wire::intent(&resolution.spoken)).collect();
            match readable_steps(resolutions, &intents) {
                Some(steps) => {
                    parsed.outcome = TurnOutcome::Ask.as_str();
                    parsed.intents = intents_read;
                    parsed.commands = steps.iter().filter_map(|step| wire::command(step, house)).collect();
                    parsed.reply = reply::did_you_mean(&steps, house, lang);
                }
                None => parsed.reply = reply::nothing(reply::Nothing::NotUnderstood, lang),
            }
        }
        Ok(intents) => {
            parsed.is_timed = intents.iter().any(|intent| intent.has(Slot::When) || intent.has(Slot::For));
            let mut outcome = None;
            let mut said = Vec::new();
            let mut steps = Vec::new();
            for resolution in resolve_all(&utterance, &intents, &Conversation::default(), house, &around, lang) {
                parsed.intents.push(wire::intent(&resolution.spoken));
                let (own, words) = outcome_of(&resolution.resolved, house, &around, lang);
                outcome = Some(worse(outcome, own));
                said.extend(words);
                if let Resolved::Act(own) = resolution.resolved {
                    steps.extend(own);
                }
            }
            parsed.commands = steps.iter().filter_map(|step| wire::command(step, house)).collect();
            if let Some((own, words)) = held_back(steps, house, rules, lang) {
                outcome = Some(own);
                said.push(words);
            }
            parsed.outcome = outcome.unwrap_or(TurnOutcome::NotUnderstood).as_str();
            parsed.reply = said.join(" ");
            if matches!(outcome, Some(TurnOutcome::Refuse | TurnOutcome::NotForHouse | TurnOutcome::NotUnderstood)) {
                parsed.intents.clear();
                parsed.commands.clear();
            }
        }
        Err(nothing) => parsed.reply = reply::nothing(nothing, lang),
    }
    parsed.ms.total = (watch.ms() * 10.0).round() / 10.0;
    parsed
}

/// Why steps would not be done at once, if they would not.
fn held_back(steps: Vec<Step>, house: &House, rules: &Rules, lang: Lang) -> Option<(TurnOutcome, String)> {
    match judge(Plan { steps }, house, rules, Consent::None) {
        Verdict::Allow(_) => None,
        Verdict::Ask(question) => Some((TurnOutcome::Ask, reply::question(&question, lang))),
        Verdict::Refuse(refusal) => Some((TurnOutcome::Refuse, reply::refusal(&refusal, lang))),
    }
}

fn outcome_of(resolved: &Resolved, house: &House, around: &Around, lang: Lang) -> (TurnOutcome, Option<String>) {
    match resolved {
        Resolved::Act(_) => (TurnOutcome::Act, None),
        Resolved::Answer(answer) => (TurnOutcome::Answer, Some(reply::answer(answer, house, around, lang))),
        Resolved::Ask(question) => (TurnOutcome::Ask, Some(reply::question(question, lang))),
        Resolved::Miss(miss) => (runtime::turn::outcome_of_miss(miss), Some(reply::miss(miss, lang))),
        Resolved::NotForHouse => (TurnOutcome::NotForHouse, Some(reply::nothing(reply::Nothing::NotForHouse, lang))),
    }
}

/// Of several requests, the one that needs the person most gives the outcome.
fn worse(so_far: Option<TurnOutcome>, own: TurnOutcome) -> TurnOutcome {
    match so_far {
        Some(TurnOutcome::Ask) => TurnOutcome::Ask,
        Some(other) if own != TurnOutcome::Ask => other,
        Some(_) | None => own,
    }
}

/// The area of that name.
pub(crate) fn area(house: &House, name: &str) -> Option<house::AreaId> {
    let wanted = mind::words::key(name);
    house
        .areas
        .values()
        .find(|area| std::iter::once(&area.name).chain(&area.aliases).any(|own| mind::words::key(own) == wanted))
        .map(|area| area.id.clone())
}

fn snapshot(mut house: House) -> Arc<Snapshot> {
    // A house file is the observed truth; an entity without a reported state stays unknown.
    for entity in house.entities.values_mut() {
        if entity.state.value.is_some() {
            entity.state.quality = house::Quality::Observed;
        }
    }
    let names = Arc::new(Names::of(&house));
    Arc::new(Snapshot { house, names, ..Snapshot::default() })
}
