//! What a person hears when a reading is not sure enough, and what a yes then does.

use std::path::Path;

use mind::words::key;

use super::parse::Houses;
use super::simulate::dialogue::{Dialogue, Simulated, TurnFile};
use super::simulate::simulate;
use mind::decide::Thresholds;
use runtime::model::language_model::Model;

/// A reading of that certainty, then what is said to the question.
async fn play(text: &str, code: &str, sure: f32, answers: &[&str], pin: Option<&str>) -> Simulated {
    let house = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/houses/demo.en.json");
    let house = Houses::read(&house).unwrap().of(None).unwrap();
    let codes = [(key(text), code.split(' ').map(str::to_owned).collect())].into();
    let mut dialogue = Dialogue::default();
    dialogue.pin = pin.map(str::to_owned);
    dialogue.turns = std::iter::once(&text)
        .chain(answers)
        .map(|text| TurnFile { text: (*text).to_owned(), ..TurnFile::default() })
        .collect();
    simulate(
        &dialogue,
        &house.house,
        &Model::recorded(codes, sure),
        Thresholds { act: 0.4, ask: 0.2, house: 0.0, ..Default::default() },
        None,
    )
    .await
    .unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unsure_reading_is_read_back_and_a_yes_does_it() {
    let played = play("lose the desk lamp", "HassTurnOff name 2 3", 0.3, &["yes"], None).await;
    let [asked, done] = played.turns.as_slice() else { panic!() };
    assert_eq!(
        (asked.outcome, asked.reply.as_str(), asked.outcomes.len()),
        ("ask", "Did you mean: turn off Desk Lamp?", 0)
    );
    assert_eq!((done.outcome, done.outcomes[0]["entity_id"].as_str()), ("act", Some("light.office_desk_lamp")));
}

#[tokio::test(flavor = "multi_thread")]
async fn anything_but_a_yes_does_nothing() {
    for answer in ["no", "what time is it", "yes but the other one"] {
        let played = play("lose the desk lamp", "HassTurnOff name 2 3", 0.3, &[answer, "yes"], None).await;
        assert!(played.turns.iter().all(|turn| turn.outcomes.is_empty()), "{answer}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn below_asking_it_is_not_understood_and_above_acting_it_is_done() {
    let played = play("lose the desk lamp", "HassTurnOff name 2 3", 0.1, &["yes"], None).await;
    assert_eq!(played.turns[0].outcome, "not_understood");
    assert!(played.turns[1].outcomes.is_empty());
    let played = play("lose the desk lamp", "HassTurnOff name 2 3", 0.5, &[], None).await;
    assert_eq!(played.turns[0].outcome, "act");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_yes_to_the_reading_is_no_pin() {
    let played =
        play("free the front door", "HassTurnOff domain=lock name 2 3", 0.3, &["yes", "2468"], Some("2468")).await;
    assert_eq!(played.turns[0].reply, "Did you mean: unlock Front Door?");
    assert_eq!(played.turns[1].reply, "To unlock Front Door I need the PIN.");
    assert_eq!(played.turns[2].outcome, "act");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_read_back_is_not_understood() {
    for (text, code) in [
        ("lose the desk lamp in ten minutes", "HassTurnOff name 2 3 when 4 6"),
        ("ten minutes of rest", "HassStartTimer duration 0"),
        ("lose the blub", "HassTurnOff name 2 2"),
    ] {
        let played = play(text, code, 0.3, &["yes"], None).await;
        assert_eq!(played.turns[0].outcome, "not_understood", "{text}");
        assert!(played.turns[1].outcomes.is_empty(), "{text}");
    }
}
