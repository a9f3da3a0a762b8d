//! What words would come to here, without doing it: for files of cases, for Home Assistant's recogniser of intents, for
//! a page that shows what would happen.

use house::{Cause, Consent, House, Intent, Lang, Plan, Resolved, Rules, Speaker, Step, TurnOutcome, Utterance, WayIn};
use mind::conversation::Conversation;
use mind::decide::Thresholds;
use mind::judge::{Verdict, judge};
use mind::language;
use mind::reply::{self, StockReply};
use mind::understand::before::Before;
use mind::when::TimeContext;
use serde::Serialize;

use super::outcome::outcome_of_miss;
use super::proposal::{Proposal, propose, resolve_all};
use super::understand;
use crate::clock::{Clock, Stopwatch};
use crate::hub::snapshot::Snapshot;
use crate::model::language_model::Model;
use crate::wire::{self, CommandWire, IntentWire, MsWire, tenths};

/// Words to look at.
#[derive(Clone, Debug, Default)]
pub struct Case {
    /// An id of the asker's own, given back.
    pub id: String,
    /// The words.
    pub text: String,
    /// `en` or `zh`; guessed from the script if missing.
    pub lang: Option<String>,
    /// The name of the area where they are said.
    pub area: Option<String>,
}

/// What they would come to.
#[derive(Debug, Serialize)]
pub struct DryRun {
    /// The asker's own id.
    pub id: String,
    /// `act`, `answer`, `ask`, `refuse`, `not_understood` or `not_for_house`.
    pub outcome: &'static str,
    /// What was asked.
    pub intents: Vec<IntentWire>,
    /// What would be sent.
    pub commands: Vec<CommandWire>,
    /// What would be said.
    pub reply: String,
    /// `reflex` or `model`.
    pub path: &'static str,
    /// How sure the model was, 0–1.
    pub confidence: Option<f64>,
    /// How long it took.
    pub ms: MsWire,
    /// Why, line by line.
    pub trace: Vec<String>,
    /// Whether something of it shall happen at another time than now, or only for a while.
    #[serde(skip)]
    pub is_timed: bool,
}

/// Understands, resolves and judges words; acts on nothing.
pub async fn dry_run(case: &Case, snapshot: &Snapshot, model: &Model, thresholds: Thresholds, rules: &Rules) -> DryRun {
    let watch = Stopwatch::start();
    let house = &snapshot.house;
    let lang = case.lang.as_deref().map_or_else(|| language::guess(&case.text), Lang::parse);
    let timed = understand(&case.text, Before::default(), snapshot, model, thresholds).await;
    let understood = timed.understood;
    let clock = Clock::default();
    let utterance = Utterance {
        text: case.text.clone(),
        lang: case.lang.clone(),
        place: case
            .area
            .as_deref()
            .and_then(|name| mind::names::areas::area_named(name, house))
            .map(|area| area.id.clone()),
        conversation: case.id.clone(),
        speaker: Speaker::Someone(WayIn::Voice),
        cause: Cause::Api,
        at_ms: clock.now_ms(),
        hearing: None,
    };
    let around = clock.around(utterance.at_ms);
    let mut out = DryRun {
        id: case.id.clone(),
        outcome: TurnOutcome::NotUnderstood.as_str(),
        intents: Vec::new(),
        commands: Vec::new(),
        reply: String::new(),
        path: understood.resolved_by.as_str(),
        confidence: understood.confidence.map(|confidence| (confidence * 1000.0).round() / 1000.0),
        ms: MsWire { total: 0.0, model: tenths(timed.model_ms) },
        trace: understood.trace,
        is_timed: false,
    };
    let conversation = Conversation::default();
    match understood.intents {
        Ok(intents) if understood.is_unsure => {
            match propose(&utterance, &intents, &conversation, house, &around, lang) {
                Proposal::ReadBack { spoken, steps } => {
                    out.outcome = TurnOutcome::Ask.as_str();
                    out.intents = spoken.iter().map(wire::intent).collect();
                    out.commands = steps.iter().filter_map(|step| wire::command(step, house)).collect();
                    out.reply = reply::did_you_mean(&steps, house, lang);
                }
                Proposal::NotReadable => out.reply = reply::stock_reply(StockReply::NotUnderstood, lang),
            }
        }
        Ok(intents) => {
            out.is_timed = intents.iter().any(Intent::is_timed);
            let resolutions = resolve_all(&utterance, &intents, &conversation, house, &around, lang);
            out.intents = resolutions.iter().map(|resolution| wire::intent(&resolution.spoken)).collect();
            let resolved = resolutions.into_iter().map(|resolution| resolution.resolved).collect();
            tell(&mut out, resolved, house, rules, &around, lang);
        }
        Err(nothing) => out.reply = reply::stock_reply(nothing, lang),
    }
    out.ms.total = tenths(watch.ms());
    out
}

/// What a sure reading would come to, and what the rules would say to it.
fn tell(out: &mut DryRun, resolved: Vec<Resolved>, house: &House, rules: &Rules, around: &TimeContext, lang: Lang) {
    let mut outcome = None;
    let mut said = Vec::new();
    let mut steps = Vec::new();
    for resolved in resolved {
        let (own, words) = outcome_of(&resolved, house, around, lang);
        outcome = Some(worse(outcome, own));
        said.extend(words);
        if let Resolved::Act(own) = resolved {
            steps.extend(own);
        }
    }
    out.commands = steps.iter().filter_map(|step| wire::command(step, house)).collect();
    if let Some((own, words)) = held_back(steps, house, rules, lang) {
        outcome = Some(own);
        said.push(words);
    }
    out.outcome = outcome.unwrap_or(TurnOutcome::NotUnderstood).as_str();
    out.reply = said.join(" ");
    if matches!(outcome, Some(TurnOutcome::Refuse | TurnOutcome::NotForHouse | TurnOutcome::NotUnderstood)) {
        out.intents.clear();
        out.commands.clear();
    }
}

/// Why steps would not be done at once, if they would not.
fn held_back(steps: Vec<Step>, house: &House, rules: &Rules, lang: Lang) -> Option<(TurnOutcome, String)> {
    match judge(Plan { steps }, house, rules, Consent::None) {
        Verdict::Allow(_) => None,
        Verdict::Ask(question) => Some((TurnOutcome::Ask, reply::question(&question, lang))),
        Verdict::Refuse(refusal) => Some((TurnOutcome::Refuse, reply::refusal(&refusal, lang))),
    }
}

fn outcome_of(resolved: &Resolved, house: &House, around: &TimeContext, lang: Lang) -> (TurnOutcome, Option<String>) {
    match resolved {
        Resolved::Act(_) => (TurnOutcome::Act, None),
        Resolved::Answer(answer) => (TurnOutcome::Answer, Some(reply::answer(answer, house, around, lang))),
        Resolved::Ask(question) => (TurnOutcome::Ask, Some(reply::question(question, lang))),
        Resolved::Miss(miss) => (outcome_of_miss(miss), Some(reply::miss(miss, lang))),
        Resolved::NotForHouse => (TurnOutcome::NotForHouse, Some(reply::stock_reply(StockReply::NotForHouse, lang))),
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
