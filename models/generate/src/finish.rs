//! Turns a request's byte ranges into the code.

use house::{IntentKind, Slot};
use mind::understand::code::{CodeIntent, CodeValue, slots_of};
use mind::understand::prompt::Mark;
use mind::words::Word;

use crate::draft::{Item, Request};
use crate::house::House;
use crate::row::range;

/// Turns a request's byte ranges into the code; `None` if they do not fit the words or the marks.
pub(crate) fn finish(request: &Request, heard: &[Word], marks: &[Mark], house: &House) -> Option<CodeIntent> {
    let mut slots: Vec<(Slot, CodeValue)> = Vec::new();
    let mut swallowed: Vec<(usize, usize)> = Vec::new();
    for item in &request.items {
        if let Item::Kind(domain, class, start, end) = item {
            kind_slots(domain, *class, range(heard, *start, *end)?, heard, marks, house, &mut slots, &mut swallowed);
        }
    }
    for item in &request.items {
        match item {
            Item::Label(slot, label) => slots.push((*slot, CodeValue::Label(label))),
            Item::Number(slot, start, end) => slots.push((*slot, CodeValue::At(range(heard, *start, *end)?.0))),
            Item::Words(slot, start, end) => {
                let (first, last) = range(heard, *start, *end)?;
                let is_place = matches!(slot, Slot::Area | Slot::Floor);
                if is_place && swallowed.iter().any(|(from, to)| *from <= first && last <= *to) {
                    continue;
                }
                if matches!(slot, Slot::Area | Slot::Floor | Slot::Name) && is_torn(first, last, heard, marks, house) {
                    return None;
                }
                slots.push((*slot, CodeValue::Span(first, last)));
            }
            Item::Kind(..) => {}
        }
    }
    slots.dedup();
    let mut seen: Vec<(Slot, CodeValue)> = Vec::new();
    for slot in slots {
        let is_twin = seen.contains(&slot)
            || (matches!(slot.1, CodeValue::Label(_))
                && slot.0 != Slot::DeviceClass
                && seen.iter().any(|(name, _)| *name == slot.0));
        if !is_twin {
            seen.push(slot);
        }
    }
    if request.kind == IntentKind::LightSet {
        light_domain(&mut seen);
    }
    let allowed = slots_of(request.kind);
    seen.retain(|(slot, _)| allowed.contains(slot));
    Some(CodeIntent { kind: request.kind, slots: seen })
}

/// A lamp of a name needs no kind, and all else that is lit is a light.
fn light_domain(slots: &mut Vec<(Slot, CodeValue)>) {
    let is_named = slots.iter().any(|(slot, _)| *slot == Slot::Name);
    let is_it = slots.contains(&(Slot::Scope, CodeValue::Label("it")));
    let has_place = slots.iter().any(|(slot, _)| matches!(slot, Slot::Area | Slot::Floor));
    match is_named && !has_place {
        true => slots.retain(|(slot, _)| *slot != Slot::Domain),
        false if is_it || is_named || slots.iter().any(|(slot, _)| *slot == Slot::Domain) => {}
        false => slots.push((Slot::Domain, CodeValue::Label("light"))),
    }
}

/// A kind noun gives labels, or a name where it belongs to a marked name.
#[expect(clippy::too_many_arguments, reason = "two outputs of one pass over the items")]
fn kind_slots(
    domain: &'static str,
    class: Option<&'static str>,
    (first, last): (usize, usize),
    heard: &[Word],
    marks: &[Mark],
    house: &House,
    slots: &mut Vec<(Slot, CodeValue)>,
    swallowed: &mut Vec<(usize, usize)>,
) {
    let is_sensed = matches!(domain, "sensor" | "binary_sensor");
    let mark = marks.iter().find(|mark| {
        let fits =
            mark.kinds.contains(&domain) || (!is_sensed && mark.kinds.iter().any(|kind| SWITCHED.contains(kind)));
        mark.first <= first && last <= mark.last && fits && house.exact.contains(&said(mark, heard))
    });
    match mark {
        Some(mark) => {
            swallowed.push((mark.first, mark.last));
            slots.push((Slot::Name, CodeValue::Span(mark.first, mark.last)));
            if domain == "lock" || is_sensed {
                slots.push((Slot::Domain, CodeValue::Label(domain)));
                slots.extend(class.map(|class| (Slot::DeviceClass, CodeValue::Label(class))));
            }
        }
        None => {
            slots.push((Slot::Domain, CodeValue::Label(domain)));
            slots.extend(class.map(|class| (Slot::DeviceClass, CodeValue::Label(class))));
        }
    }
}

const SWITCHED: &[&str] =
    &["light", "switch", "fan", "cover", "input_boolean", "media_player", "climate", "lock", "valve", "humidifier"];

/// Whether a mark covers a span only partly, or more than it. A plural of a name is not that name.
fn is_torn(first: usize, last: usize, heard: &[Word], marks: &[Mark], house: &House) -> bool {
    marks.iter().any(|mark| {
        let overlaps = mark.first <= last && first <= mark.last;
        let is_inside = first <= mark.first && mark.last <= last;
        overlaps && !is_inside && house.exact.contains(&said(mark, heard))
    })
}

/// The words of a mark as a key.
fn said(mark: &Mark, heard: &[Word]) -> String {
    heard
        .get(mark.first..=mark.last)
        .unwrap_or_default()
        .iter()
        .map(|word| word.text.as_str())
        .collect::<Vec<_>>()
        .join(" ")
}
