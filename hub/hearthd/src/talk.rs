//! Requests to the hub itself: take it back, say it again, tell everyone.

use house::{IntentKind, TurnOutcome};
use mind::judge::Consent;
use mind::reply::{self, Nothing};
use mind::resolve::{Resolution, ScheduleChange};
use tracing::warn;

use crate::conversation::{Conversation, Wish};
use crate::hub::{Event, Notice};
use crate::schedules::Change;
use crate::turn::{Turn, Turns};

impl Turns {
    /// Answers a request to the hub itself; false if it is none.
    pub(crate) async fn to_the_hub(&self, turn: &mut Turn, conversation: &mut Conversation, resolution: &Resolution) -> bool {
        match resolution.intent.kind {
            IntentKind::Undo => self.take_back(turn, conversation).await,
            // "Not that one" takes it back; which one was meant is said next.
            IntentKind::Correct if !conversation.undo.is_empty() => self.take_back(turn, conversation).await,
            IntentKind::Again | IntentKind::Correct => turn.nothing(TurnOutcome::Ask, Nothing::NothingBefore),
            IntentKind::Repeat => match conversation.said.is_empty() {
                true => turn.nothing(TurnOutcome::Answer, Nothing::NothingSaid),
                false => (turn.reply, turn.outcome) = (conversation.said.clone(), TurnOutcome::Answer),
            },
            IntentKind::Broadcast => self.broadcast(turn, resolution).await,
            _ => return false,
        }
        true
    }

    /// Takes the last action of the conversation back, through the same gate.
    async fn take_back(&self, turn: &mut Turn, conversation: &mut Conversation) {
        let undo = std::mem::take(&mut conversation.undo);
        if undo.is_empty() {
            return turn.nothing(TurnOutcome::Answer, Nothing::NothingToUndo);
        }
        let said = self.cancelled(&undo.schedules, turn);
        let wish = Wish { steps: undo.steps, cancel: undo.schedules, ..Wish::default() };
        self.carry_out(turn, conversation, wish, Consent::None, &said).await;
    }

    /// The words for what is taken off the schedule.
    fn cancelled(&self, ids: &[String], turn: &Turn) -> Vec<String> {
        let snapshot = self.hub.snapshot();
        let there: Vec<String> = snapshot.house.schedules.iter().filter(|one| ids.contains(&one.id)).map(|one| one.id.clone()).collect();
        match there.is_empty() {
            true => Vec::new(),
            false => vec![reply::schedule_changed(&ScheduleChange::Cancel(there), &snapshot.house, &self.clock.around(turn.utterance.at_ms), turn.lang)],
        }
    }

    async fn broadcast(&self, turn: &mut Turn, resolution: &Resolution) {
        let Some(message) = resolution.intent.text(house::Slot::Message) else {
            return turn.nothing(TurnOutcome::Ask, Nothing::NotUnderstood);
        };
        let notice = Notice { kind: "broadcast", schedule: None, said: message.to_owned(), lang: turn.lang.as_str(), areas: resolution.areas.clone(), late_s: 0 };
        turn.reply = match self.hub.send(Event::Tell(notice)).await {
            Ok(()) => {
                turn.outcome = TurnOutcome::Act;
                reply::broadcast(message, &resolution.areas, &self.hub.snapshot().house, turn.lang)
            }
            Err(error) => {
                turn.outcome = TurnOutcome::Refuse;
                format!("{error:#}")
            }
        };
    }

    /// Alarms, reminders and what else is scheduled.
    pub(crate) async fn change_schedules(&self, turn: &mut Turn, conversation: &mut Conversation, change: ScheduleChange, said: &mut Vec<String>) {
        let around = self.clock.around(turn.utterance.at_ms);
        // Told before it changes, because what is cancelled has no name afterwards.
        let words = reply::schedule_changed(&change, &self.hub.snapshot().house, &around, turn.lang);
        turn.outcome = TurnOutcome::Act;
        let change = match change {
            ScheduleChange::Tell(_) => {
                turn.outcome = TurnOutcome::Answer;
                said.push(words);
                return;
            }
            ScheduleChange::Add(draft) => Change::Add(vec![draft], turn.lang.as_str()),
            ScheduleChange::Cancel(ids) => {
                let ringing = |id: &String| self.hub.snapshot().house.schedules.iter().any(|one| one.id == *id && one.rings_since_ms.is_some());
                if ids.iter().all(ringing) { Change::Silence(ids) } else { Change::Cancel(ids) }
            }
            ScheduleChange::Snooze(ids, seconds) => Change::Snooze(ids, seconds),
        };
        match self.hub.schedule(change).await {
            Ok(made) => {
                let snapshot = self.hub.snapshot();
                said.push(words);
                said.extend(made.iter().map(|one| reply::scheduled(one, &snapshot.house, &around, turn.lang)));
                said.retain(|words| !words.is_empty());
                if !made.is_empty() {
                    conversation.undo.schedules = made.into_iter().map(|one| one.id).collect();
                    conversation.undo.steps.clear();
                }
            }
            Err(error) => {
                warn!(error = format!("{error:#}"), "What is scheduled could not be kept.");
                said.push(format!("{error:#}"));
                turn.outcome = TurnOutcome::Refuse;
            }
        }
    }
}
